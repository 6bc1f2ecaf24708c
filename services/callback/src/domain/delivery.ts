import { createHash } from 'node:crypto';
import { type Delivery, type DeliveryAttempt, DeliveryState, type Endpoint } from '@fefaent/contracts/callback';
import type { NotificationEvent } from '@fefaent/contracts/events';
import type { FailureName } from './failures.ts';
import type { ToldState } from './states.ts';

/** A delivery with what the service needs besides. */
export interface DeliveryRecord {
	readonly delivery: Delivery;
	/**
	 * Its place in the order of recording, as its store writes it: a delivery that began to be recorded after another one was there stands behind it. Nothing
	 * but the store can compare places.
	 */
	readonly position: string;
	/** Attempts since it was recorded or redriven. */
	readonly tries: number;
	/** When it is due, in the environment's time. The whole endpoint may wait longer. */
	readonly dueAt: Date;
	/** W3C trace context of the change. */
	readonly traceparent: string | undefined;
}

/** A delivery to be recorded. */
export type NewDelivery = Pick<DeliveryRecord, 'delivery' | 'dueAt' | 'traceparent'>;

/** Most attempts that are kept in the log of one delivery. */
const keptAttempts = 100;

/**
 * The id that the receiver sees in every attempt: a UUIDv8 (RFC 9562 section 5.8) made from what is told to whom, so that an event that
 * comes again makes no second delivery.
 */
export function deliveryId(eventId: string, endpointId: string): string {
	const bytes = createHash('sha256').update(`fefaent.delivery\0${eventId}\0${endpointId}`).digest().subarray(0, 16);
	bytes.writeUInt8(0x80 | (bytes.readUInt8(6) & 0x0f), 6);
	bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
	const hex = bytes.toString('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The delivery of a change of state to an endpoint. */
export function newDelivery(
	event: NotificationEvent & { readonly state: ToldState },
	endpoint: Pick<Endpoint, 'id'>,
	now: Date,
	traceparent: string | undefined,
): NewDelivery {
	return {
		delivery: {
			id: deliveryId(event.id, endpoint.id),
			endpointId: endpoint.id,
			notificationId: event.notificationId,
			toldState: event.state,
			state: DeliveryState.PENDING,
			recordedAt: now,
			nextAttemptAt: now,
			settledAt: undefined,
			attempts: [],
			toldAt: event.at ?? now,
			eventId: event.id,
			evidenceId: event.evidenceId,
			givenUp: '',
		},
		dueAt: now,
		traceparent,
	};
}

/** What becomes of a delivery after an attempt. */
export type Verdict = { readonly kind: 'delivered' } | { readonly kind: 'exhausted' } | { readonly kind: 'retry'; readonly dueAt: Date };

/** The delivery after an attempt. */
export function afterAttempt(delivery: Delivery, attempt: Omit<DeliveryAttempt, 'number'>, verdict: Verdict, now: Date): Delivery {
	const number = (delivery.attempts.at(-1)?.number ?? 0) + 1;
	const attempts = [...delivery.attempts, { ...attempt, number }].slice(-keptAttempts);
	if (verdict.kind === 'retry') return { ...delivery, attempts, nextAttemptAt: verdict.dueAt };
	const state = verdict.kind === 'delivered' ? DeliveryState.DELIVERED : DeliveryState.EXHAUSTED;
	return { ...delivery, attempts, state, nextAttemptAt: undefined, settledAt: now };
}

/** The delivery given up without an attempt. */
export function givenUp(delivery: Delivery, why: FailureName, now: Date): Delivery {
	return { ...delivery, state: DeliveryState.EXHAUSTED, nextAttemptAt: undefined, settledAt: now, givenUp: why };
}

/** Whether sending an exhausted delivery again can help: not where there is nothing left to tell. */
export function isOfUse({ givenUp: why, attempts }: Delivery): boolean {
	const gone: FailureName = 'NOTIFICATION_PURGED';
	return why !== gone && attempts.at(-1)?.failure !== gone;
}

/** An exhausted delivery, to be sent again. */
export function redriven(delivery: Delivery, now: Date): Delivery {
	return { ...delivery, state: DeliveryState.PENDING, nextAttemptAt: now, settledAt: undefined, givenUp: '' };
}

import { hash } from 'node:crypto';
import { type CreateResult, Draft } from '@fefaent/contracts/notification';
import { currentTraceparent, traceIdOf } from '@fefaent/service-kit';
import { enter, issuersOwnPart } from '../domain/create.ts';
import { traced } from '../domain/record.ts';
import { notificationError } from '../errors.ts';
import { outgoing } from '../outbox/outgoing.ts';
import type { Arrival, Insertion } from '../store/port.ts';
import { recordChanges } from '../telemetry.ts';
import type { OperationDeps } from './deps.ts';
import { itemFailure } from './item-failure.ts';
import { storing } from './step.ts';

/**
 * Stores drafts: one store call for all of them, answered once it is durable.
 * @param requestId the same when the call is repeated: recognises drafts without a reference of the issuer's
 */
export async function create(deps: OperationDeps, drafts: readonly Draft[], requestId?: string): Promise<readonly CreateResult[]> {
	const ids = await deps.ids.take(drafts.length);
	const now = deps.clock.now();
	const traceparent = currentTraceparent();
	const entered = drafts.map((draft, index) => enter(draft, ids[index] as number, now));
	const traceId = traceIdOf(traceparent);
	const arrivals = entered.map(({ notification, event }, index): Arrival => {
		const draft = drafts[index] as Draft;
		const reference = referenceOf(draft, requestId, index);
		return {
			notification: traced(notification, 0, traceId),
			reference,
			fingerprint: reference === undefined ? undefined : fingerprintOf(draft),
			events: [outgoing(event, traceparent)],
		};
	});
	const insertions = await storing('create', () => deps.store.insertMany(arrivals));
	recordChanges(entered.flatMap(({ event }, index) => (insertions[index]?.kind === 'inserted' ? [event] : [])));
	return arrivals.map((arrival, index) => resultOf(arrival, insertions[index] as Insertion));
}

function resultOf({ notification, fingerprint }: Arrival, insertion: Insertion): CreateResult {
	if (insertion.kind === 'inserted') {
		return { outcome: { $case: 'created', value: { id: notification.id, iun: notification.iun, existed: false } } };
	}
	if (fingerprint && Buffer.compare(fingerprint, insertion.fingerprint) === 0) {
		return { outcome: { $case: 'created', value: { id: insertion.id, iun: insertion.iun, existed: true } } };
	}
	return { outcome: { $case: 'failure', value: itemFailure(notificationError('ISSUER_REFERENCE_TAKEN')) } };
}

/** What a repeated draft is recognised by. The control character keeps apart what issuers write (XML has none) and what we make up. */
function referenceOf({ issuerReference }: Draft, requestId: string | undefined, index: number): string | undefined {
	return issuerReference || (requestId && `\u0001${requestId}/${index}`) || undefined;
}

/**
 * SHA-256 of what the issuer wrote, in its protobuf encoding: ts-proto writes fields in the order of their numbers and leaves out those that hold
 * their default, so the same draft gives the same bytes, also after a field was added to the contract.
 */
export function fingerprintOf(draft: Draft): Uint8Array {
	return hash('sha256', Draft.encode(issuersOwnPart(draft)).finish(), 'buffer');
}

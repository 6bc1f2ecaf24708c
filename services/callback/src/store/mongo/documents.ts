import { Delivery, DeliveryState, Endpoint } from '@fefaent/contracts/callback';
import { bytes, mongo } from '@fefaent/store-kit/mongo';
import type { DeliveryRecord, NewDelivery } from '../../domain/delivery.ts';
import type { EndpointHealth, EndpointRecord } from '../../domain/endpoint.ts';
import { clusterTime, type DeliveryFields, type EndpointFields } from './schema.ts';

/** How states are written. */
const states: Readonly<Partial<Record<DeliveryState, number>>> = {
	[DeliveryState.PENDING]: 1,
	[DeliveryState.DELIVERED]: 2,
	[DeliveryState.EXHAUSTED]: 3,
};

/** All of them. */
export const stateNumbers = Object.values(states);

/** How a state is written. */
export const stateNumber = (state: DeliveryState): number => states[state] ?? 0;

/** The parts of an update that give fields these values; `undefined` removes one. */
export function change(fields: Readonly<Record<string, unknown>>) {
	const entries = Object.entries(fields);
	const removed = entries.filter(([, value]) => value === undefined).map(([name]) => [name, 1]);
	return {
		$set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
		...(removed.length > 0 && { $unset: Object.fromEntries(removed) }),
	};
}

/** Bytes as the driver takes them. */
export function buffer({ buffer: held, byteOffset, byteLength }: Uint8Array): Buffer {
	return Buffer.from(held, byteOffset, byteLength);
}

/** How an endpoint fares, as fields. */
export function healthFields({ failures, failingSince, notBefore }: EndpointHealth) {
	return { failures, failingSince, notBefore };
}

/** An endpoint as the domain knows it. */
export function endpointOf({ document, revision, generation, secrets, failures, failingSince, notBefore }: EndpointFields): EndpointRecord {
	return {
		endpoint: Endpoint.decode(bytes(document)),
		revision,
		generation,
		sealedSecrets: bytes(secrets),
		health: { failures, failingSince, notBefore },
	};
}

/** The document of a new delivery. */
export function newDocument({ delivery, dueAt, traceparent }: NewDelivery, by: string): DeliveryFields {
	return {
		_id: delivery.id,
		position: clusterTime,
		endpointId: delivery.endpointId,
		notificationId: delivery.notificationId,
		state: stateNumber(DeliveryState.PENDING),
		dueAt,
		tries: 0,
		revision: 0,
		...(traceparent !== undefined && { traceparent }),
		document: buffer(Delivery.encode(delivery).finish()),
		by,
	};
}

/** A delivery as the domain knows it. */
export function deliveryOf({ document, position, tries, dueAt, traceparent }: DeliveryFields): DeliveryRecord {
	return { delivery: Delivery.decode(bytes(document)), position: positionText(position), tries, dueAt: dueAt ?? new Date(0), traceparent };
}

/** A place in the order of recording, for the port. */
export const positionText = (position: mongo.Timestamp): string => String(position.toBigInt());

/** A place of the port's; empty: before the first. */
export const positionOf = (text: string): mongo.Timestamp => new mongo.Timestamp(BigInt(text));

/** Compares places in the order of recording. */
export function byPosition(one: Pick<DeliveryFields, 'position'>, other: Pick<DeliveryFields, 'position'>): number {
	return one.position.compare(other.position);
}

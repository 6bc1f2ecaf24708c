import { setImmediate } from 'node:timers/promises';
import {
	DeliveryState,
	type ListDeliveriesRequest,
	type ListDeliveriesResponse,
	type RedriveDeliveriesRequest,
	type RedriveDeliveriesResponse,
} from '@fefaent/contracts/callback';
import type { EndpointRecord } from '../domain/endpoint.ts';
import { callbackError } from '../errors.ts';
import type { CallbackStore } from '../store/port.ts';
import type { HandlerDeps } from './deps.ts';

/** Most ids of a request. */
const mostIds = 100;
/** Most deliveries of an answer. */
const mostListed = 500;
/** Most deliveries that one call takes up again: well within its deadline. A multiple of the batch. */
const mostRedriven = 10_000;
/** How many deliveries are taken up again in one write. */
const batch = 250;

/** Lists deliveries with their log. @throws INVALID_REQUEST, DELIVERY_UNKNOWN for a page token that is none */
export async function listDeliveries(request: ListDeliveriesRequest, { store, clock }: HandlerDeps): Promise<ListDeliveriesResponse> {
	const { notificationIds, endpointId, state, limit, afterId } = request;
	checkIds(notificationIds);
	if (limit < 1 || limit > mostListed) throw callbackError('INVALID_REQUEST', { problem: `the limit is 1 to ${mostListed}` });
	const afterSeq = await seqOfToken(afterId, store);
	const wanted = state === DeliveryState.UNSPECIFIED ? undefined : state;
	const records = await store.list({ notificationIds, endpointId, state: wanted, afterSeq, limit });
	const ids = [...new Set(records.map(({ delivery }) => delivery.endpointId))];
	const endpoints = new Map((await store.getEndpoints(ids)).flatMap((record) => (record ? [[record.endpoint.id, record]] : [])));
	const now = clock.now();
	return {
		deliveries: records.map(({ delivery, dueAt }) =>
			delivery.state === DeliveryState.PENDING
				? { ...delivery, nextAttemptAt: nextAttempt(dueAt, endpoints.get(delivery.endpointId), now) }
				: delivery,
		),
	};
}

/** A delivery waits for its own time and for its endpoint's; there is no saying when that of a disabled one is. */
function nextAttempt(dueAt: Date, endpoint: EndpointRecord | undefined, now: Date): Date | undefined {
	if (endpoint === undefined || !endpoint.endpoint.enabled) return undefined;
	const { notBefore } = endpoint.health;
	const waits = notBefore !== undefined && notBefore > now ? notBefore : dueAt;
	return waits > dueAt ? waits : dueAt;
}

/**
 * Takes exhausted deliveries up again, and tries their endpoints at once: whoever asks believes them mended.
 * @throws INVALID_REQUEST, ENDPOINT_UNKNOWN, DELIVERY_UNKNOWN for a page token that is none
 */
export async function redriveDeliveries(
	request: RedriveDeliveriesRequest,
	{ store, clock }: HandlerDeps,
): Promise<RedriveDeliveriesResponse> {
	const { deliveryIds: ids, endpointId, notificationIds, afterId } = request;
	checkIds(notificationIds);
	if (ids.length > mostIds) throw callbackError('INVALID_REQUEST', { problem: `it names at most ${mostIds} deliveries` });
	if (ids.length + notificationIds.length === 0 && endpointId === '') {
		throw callbackError('INVALID_REQUEST', { problem: 'it names nothing to send again' });
	}
	if (endpointId !== '' && (await store.getEndpoints([endpointId]))[0] === undefined) {
		throw callbackError('ENDPOINT_UNKNOWN', { id: endpointId });
	}
	let afterSeq = await seqOfToken(afterId, store);
	// One instant for all: what fails again while this runs is not taken up again.
	const now = clock.now();
	const mended = new Set<string>();
	for (let count = 0; ; ) {
		const taken = await store.redrive({ ids, endpointId, notificationIds, afterSeq }, now, batch);
		const more = new Set(taken.map((one) => one.endpointId)).difference(mended);
		await store.endWaits([...more]);
		for (const id of more) mended.add(id);
		count += taken.length;
		const last = taken.at(-1);
		if (last === undefined || taken.length < batch) return { redriven: count };
		if (count >= mostRedriven) return { redriven: count, nextAfterId: last.id };
		afterSeq = last.seq;
		// Others get their turn between two writes.
		await setImmediate();
	}
}

/** @throws DELIVERY_UNKNOWN */
async function seqOfToken(afterId: string | undefined, store: CallbackStore): Promise<number> {
	if (afterId === undefined || afterId === '') return 0;
	const seq = await store.seqOf(afterId);
	if (seq === undefined) throw callbackError('DELIVERY_UNKNOWN', { id: afterId });
	return seq;
}

function checkIds(ids: readonly number[]): void {
	if (ids.length > mostIds) throw callbackError('INVALID_REQUEST', { problem: `it names at most ${mostIds} notifications` });
	if (!ids.every((id) => Number.isSafeInteger(id) && id > 0))
		throw callbackError('INVALID_REQUEST', { problem: 'an id is no positive integer' });
}

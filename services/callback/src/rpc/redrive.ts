import { setImmediate } from 'node:timers/promises';
import {
	DeliveryState,
	type ExhaustedDeliveries,
	mostCallbacksAtOnce,
	mostRedriven,
	type RedriveDeliveriesRequest,
	type RedriveDeliveriesResponse,
} from '@fefaent/contracts/callback';
import { isOfUse } from '../domain/delivery.ts';
import { callbackError } from '../errors.ts';
import type { CallbackStore, Redriven } from '../store/port.ts';
import type { HandlerDeps } from './deps.ts';
import { checkIds, positionOfToken } from './requests.ts';

/** How many deliveries are taken up again in one write: so many times a whole batch are the most of a call. */
const batch = 250;

/** What one step took up of a batch, and where the next step goes on: nowhere when nothing is left. */
interface Step {
	readonly taken: readonly Redriven[];
	readonly last: { readonly id: string; readonly position: string } | undefined;
}

/**
 * Takes exhausted deliveries up again, and tries their endpoints at once: whoever asks believes them mended.
 * @throws INVALID_REQUEST, ENDPOINT_UNKNOWN, DELIVERY_UNKNOWN for a page token that is none
 */
export async function redriveDeliveries(
	request: RedriveDeliveriesRequest,
	{ store, clock }: Pick<HandlerDeps, 'store' | 'clock'>,
): Promise<RedriveDeliveriesResponse> {
	check(request);
	const { endpointId, all, afterId } = request;
	if (endpointId !== '' && (await store.getEndpoints([endpointId]))[0] === undefined) {
		throw callbackError('ENDPOINT_UNKNOWN', { id: endpointId });
	}
	let afterPosition = await positionOfToken(afterId, store);
	// One instant for all: what fails again while this runs is not taken up again.
	const now = clock.now();
	const step = all === undefined ? () => takeNamed(request, afterPosition, now, store) : () => takeAll(all, afterPosition, now, store);
	const mended = new Set<string>();
	let count = 0;
	for (let seen = batch; ; seen += batch) {
		const { taken, last } = await step();
		const more = new Set(taken.map((one) => one.endpointId)).difference(mended);
		await store.endWaits([...more]);
		for (const id of more) mended.add(id);
		count += taken.length;
		if (last === undefined) return { redriven: count };
		if (seen >= mostRedriven) return { redriven: count, nextAfterId: last.id };
		afterPosition = last.position;
		// Others get their turn between two writes.
		await setImmediate();
	}
}

/** @throws INVALID_REQUEST */
function check({ deliveryIds, endpointId, notificationIds, all }: RedriveDeliveriesRequest): void {
	checkIds(notificationIds);
	if (deliveryIds.length > mostCallbacksAtOnce)
		throw callbackError('INVALID_REQUEST', { problem: `it names at most ${mostCallbacksAtOnce} deliveries` });
	const names = deliveryIds.length + notificationIds.length > 0 || endpointId !== '';
	if (!names && all === undefined) throw callbackError('INVALID_REQUEST', { problem: 'it names nothing to send again' });
	if (names && all !== undefined) throw callbackError('INVALID_REQUEST', { problem: 'it names some beside all' });
}

async function takeNamed(request: RedriveDeliveriesRequest, afterPosition: string, now: Date, store: CallbackStore): Promise<Step> {
	const { deliveryIds: ids, endpointId, notificationIds } = request;
	const taken = await store.redrive({ ids, endpointId, notificationIds, afterPosition }, now, batch);
	return { taken, last: taken.length < batch ? undefined : taken.at(-1) };
}

/** Those that would only be given up again are left alone: who asks for all has not looked at each. */
async function takeAll({ since }: ExhaustedDeliveries, afterPosition: string, now: Date, store: CallbackStore): Promise<Step> {
	const page = await store.list({ notificationIds: [], endpointId: '', state: DeliveryState.EXHAUSTED, afterPosition, limit: batch });
	const wanted = page
		.map((one) => one.delivery)
		.filter((one) => isOfUse(one) && (since === undefined || (one.settledAt ?? since) >= since));
	const found = await store.getEndpoints([...new Set(wanted.map((one) => one.endpointId))]);
	const present = new Set(found.flatMap((record) => (record ? [record.endpoint.id] : [])));
	const ids = wanted.filter((one) => present.has(one.endpointId)).map((one) => one.id);
	const taken = ids.length === 0 ? [] : await store.redrive({ ids, endpointId: '', notificationIds: [], afterPosition }, now, batch);
	const last = page.length < batch ? undefined : page.at(-1);
	return { taken, last: last && { id: last.delivery.id, position: last.position } };
}

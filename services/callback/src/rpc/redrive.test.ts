import { DeliveryState } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { ManualClock } from '@fefaent/kernel';
import { temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { newDelivery } from '../domain/delivery.ts';
import { wellHealth } from '../domain/endpoint.ts';
import { openSecretsKeys } from '../secrets/keys.ts';
import { openSqliteCallbackStore } from '../store/sqlite.ts';
import { changed, endpoint, noon } from '../testing/fixtures.ts';
import { listDeliveries } from './deliveries.ts';
import type { HandlerDeps } from './deps.ts';
import { redriveDeliveries } from './redrive.ts';

const none = { deliveryIds: [], endpointId: '', notificationIds: [] };
const all = { ...none, endpointId: 'e' };

/** What handlers work with, on a file in which so many deliveries of an endpoint are exhausted. */
async function world(exhausted: number) {
	const folder = temporaryFolder();
	const store = openSqliteCallbackStore({ path: folder.join('callback.db') });
	const given = endpoint({ url: 'https://example.org/', id: 'e' });
	await store.putEndpoint({ endpoint: given, revision: 1, sealedSecrets: new Uint8Array(), health: wellHealth });
	const state = State.DEPOSITED;
	const events = Array.from({ length: exhausted }, (_, index) => ({ ...changed(index + 1, state, noon, { id: `event-${index}` }), state }));
	await store.record(events.map((event) => newDelivery(event, given, noon, undefined)));
	await store.giveUp({ endpointId: 'e', why: 'ENDPOINT_UNREACHABLE', now: noon, limit: exhausted });
	const secretsKeys = await openSecretsKeys({ file: folder.join('secrets.key') });
	const reach = { networks: [], allowHttp: false, ports: [] };
	const deps: HandlerDeps = { clock: new ManualClock(noon), store, secretsKeys, reach };
	return {
		store,
		deps,
		[Symbol.asyncDispose]: async () => {
			await store.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

test('what is too much for one call is taken up by several, each delivery once, while others get their turn', async () => {
	await using w = await world(10_600);
	let turns = 0;
	let redriving = true;
	const count = () => {
		turns++;
		if (redriving) setImmediate(count);
	};
	setImmediate(count);
	const first = await redriveDeliveries(all, w.deps);
	redriving = false;
	expect(first.redriven).toBe(10_000);
	expect(turns).toBeGreaterThanOrEqual(40);
	expect(await w.store.countDue(['e'], noon)).toBe(10_000);
	expect(await redriveDeliveries({ ...all, afterId: first.nextAfterId }, w.deps)).toEqual({ redriven: 600 });
	expect(await w.store.countDue(['e'], noon)).toBe(10_600);
});

test('what was given up again at once does not come in the way of the rest', async () => {
	await using w = await world(10_100);
	const { nextAfterId } = await redriveDeliveries(all, w.deps);
	await w.store.giveUp({ endpointId: 'e', why: 'NOTIFICATION_PURGED', now: noon, limit: 10_000 });
	expect(await redriveDeliveries({ ...all, afterId: nextAfterId }, w.deps)).toEqual({ redriven: 100 });
	const pending = { notificationIds: [], endpointId: 'e', state: DeliveryState.PENDING, limit: 500 };
	expect((await listDeliveries(pending, w.deps)).deliveries).toHaveLength(100);
});

test('a page token that is none is refused', async () => {
	await using w = await world(1);
	await expect(redriveDeliveries({ ...all, afterId: 'unknown' }, w.deps)).rejects.toMatchObject({ reason: 'DELIVERY_UNKNOWN' });
});

test('all that were given up are taken up by several calls, but those that there is nobody or nothing left to tell', async () => {
	await using w = await world(10_100);
	const { store, deps } = w;
	const later = (ms: number) => new Date(noon.getTime() + ms);
	const state = State.DEPOSITED;
	for (const id of ['gone', 'f'])
		await store.putEndpoint({
			endpoint: endpoint({ url: 'https://example.org/', id }),
			revision: 1,
			sealedSecrets: new Uint8Array(),
			health: wellHealth,
		});
	const add = (endpointId: string, ids: readonly number[]) =>
		store.record(
			ids.map((id) =>
				newDelivery({ ...changed(id, state, noon, { id: `${endpointId}-${id}` }), state }, { id: endpointId }, noon, undefined),
			),
		);
	await add('gone', [20_001, 20_002]);
	await store.giveUp({ endpointId: 'gone', why: 'ENDPOINT_UNREACHABLE', now: noon, limit: 10 });
	await store.removeEndpoint('gone');
	await add('f', [30_001]);
	await store.forget([30_001], 'NOTIFICATION_PURGED', noon);
	await add('f', [30_002, 30_003]);
	await store.giveUp({ endpointId: 'f', why: 'ENDPOINT_UNREACHABLE', now: later(-1), limit: 1 });
	await store.giveUp({ endpointId: 'f', why: 'ENDPOINT_UNREACHABLE', now: noon, limit: 1 });
	await add('f', [30_004]);

	const before = await store.list({ notificationIds: [30_004], endpointId: '', state: undefined, afterPosition: '', limit: 1 });
	const first = await redriveDeliveries({ ...none, all: {} }, deps);
	expect(first.redriven).toBe(10_000);
	expect(await redriveDeliveries({ ...none, all: { since: noon }, afterId: first.nextAfterId }, deps)).toEqual({ redriven: 101 });
	expect(await redriveDeliveries({ ...none, all: { since: later(-1) } }, deps)).toEqual({ redriven: 1 });
	const left = await store.list({ notificationIds: [], endpointId: '', state: DeliveryState.EXHAUSTED, afterPosition: '', limit: 10 });
	expect(left.map(({ delivery }) => delivery.notificationId)).toEqual([20_001, 20_002, 30_001]);
	expect(await store.list({ notificationIds: [30_004], endpointId: '', state: undefined, afterPosition: '', limit: 1 })).toEqual(before);
});

test('all beside some, or nothing at all, is no request', async () => {
	await using w = await world(0);
	const refused = { reason: 'INVALID_REQUEST' };
	await expect(redriveDeliveries({ ...all, all: {} }, w.deps)).rejects.toMatchObject(refused);
	await expect(redriveDeliveries(none, w.deps)).rejects.toMatchObject(refused);
});

import { DeliveryState } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { acceptCallback, eventually, idNotificacioOf, mongoTestDatabase, startCallbackReceiver } from '@fefaent/testing';
import { describe, expect, test } from 'vitest';
import { newDelivery } from '../domain/delivery.ts';
import { wellHealth } from '../domain/endpoint.ts';
import { openMongoCallbackStore } from '../store/mongo/store.ts';
import { dispatching } from '../testing/dispatching.ts';
import { changed, endpoint, noon } from '../testing/fixtures.ts';
import { type Dispatcher, startDispatcher } from './dispatcher.ts';

const told = [State.DEPOSITED, State.ACCEPTED, State.DISCARDED] as const;
const words: Partial<Record<string, string>> = { DIPOSITADA: State.DEPOSITED, ACCEPTADA: State.ACCEPTED, DESCARTADA: State.DISCARDED };
const any = { notificationIds: [], endpointId: '', state: undefined, afterPosition: '', limit: 1_000 };

/** Dispatchers of several replicas on one database, each with its own connections. */
async function replicas(count: number) {
	const database = mongoTestDatabase();
	const opened = await Promise.all(
		Array.from({ length: count }, async (_, index) => {
			const owner = `replica ${index}`;
			const onError = (error: unknown, where: string) => process.emitWarning(`${where}: ${String(error)}`);
			const store = openMongoCallbackStore({ ...database.options, owner, onError });
			await store.prepare();
			const d = await dispatching({ store, ownerId: owner });
			return { store, d, dispatcher: undefined as Dispatcher | undefined };
		}),
	);
	return {
		stores: opened.map(({ store }) => store),
		/** Nothing but news from the others has one look before its time. */
		start: (index: number) => {
			const one = opened[index];
			if (one) one.dispatcher = startDispatcher(one.d.deps, { everyMs: 3_600_000 });
		},
		stop: (index: number) => opened[index]?.dispatcher?.stop(),
		[Symbol.asyncDispose]: async () => {
			for (const { dispatcher, d, store } of opened) {
				await dispatcher?.stop();
				await d[Symbol.asyncDispose]();
				await store.close();
			}
			await database.drop();
		},
	};
}

describe('replicas on MongoDB', () => {
	test('tell each endpoint of everything once, one at a time and in order, whoever recorded it, also when one of them leaves', {
		timeout: 60_000,
	}, async () => {
		const underWay = new Map<string, number>();
		let most = 0;
		await using receiver = await startCallbackReceiver({
			respond: async (request) => {
				const now = (underWay.get(request.path) ?? 0) + 1;
				underWay.set(request.path, now);
				most = Math.max(most, now);
				await new Promise((resolve) => setImmediate(resolve));
				underWay.set(request.path, now - 1);
				return acceptCallback(request);
			},
		});
		await using r = await replicas(2);
		const [one, other] = r.stores;
		if (!one || !other) throw new Error('no replicas');
		const ids = ['a', 'b', 'c', 'd'];
		for (const id of ids) {
			const given = { ...endpoint({ url: `${receiver.url}/${id}`, maxInFlight: 1 }), id };
			await one.putEndpoint({ endpoint: given, revision: 1, sealedSecrets: new Uint8Array(), health: wellHealth });
		}
		r.start(0);
		r.start(1);
		let recorded = 0;
		const record = async (from: number, count: number) => {
			for (const [turn, state] of told.entries()) {
				const batches = Array.from({ length: count }, (_, index) => {
					const event = { ...changed(from + index, state, noon), state };
					return ids.map((id) => newDelivery(event, { id }, noon, undefined));
				});
				await Promise.all(batches.map((batch, index) => ((turn + index) % 2 === 0 ? one : other).record(batch)));
				recorded += count * ids.length;
			}
		};
		await record(1, 6);
		await receiver.waitFor(20);
		await r.stop(0);
		await record(101, 6);
		expect(await one.list(any)).toHaveLength(recorded);
		await eventually(async () => (await other.countDue(ids, noon)) === 0, { timeoutMs: 30_000 });
		expect(most).toBe(1);
		expect(receiver.requests).toHaveLength(recorded);
		const sent = receiver.requests.map((request) => ({
			lane: `${request.path} ${idNotificacioOf(request)}`,
			state: words[/<Estat>(\w+)</.exec(String(request.body))?.[1] ?? ''],
		}));
		for (const lane of Map.groupBy(sent, ({ lane }) => lane).values()) expect(lane.map(({ state }) => state)).toEqual(told);
		expect(await other.list({ ...any, state: DeliveryState.DELIVERED })).toHaveLength(recorded);
	});

	test('one that leaves gives its endpoint to another one at once, with what is left', async () => {
		await using receiver = await startCallbackReceiver({ respond: (request) => ({ ...acceptCallback(request), delayMs: 10 }) });
		await using r = await replicas(2);
		const [one, other] = r.stores;
		if (!one || !other) throw new Error('no replicas');
		const given = { ...endpoint({ url: receiver.url, maxInFlight: 1 }), id: 'e' };
		await one.putEndpoint({ endpoint: given, revision: 1, sealedSecrets: new Uint8Array(), health: wellHealth });
		const state = State.DEPOSITED;
		const count = 200;
		const events = Array.from({ length: count }, (_, id) =>
			newDelivery({ ...changed(id + 1, state, noon), state }, { id: 'e' }, noon, undefined),
		);
		r.start(0);
		await one.record(events);
		await receiver.waitFor(5, 20_000);
		// It looks once, finds the endpoint taken, and would look again after an hour.
		r.start(1);
		await receiver.waitFor(30, 20_000);
		await r.stop(0);
		expect(receiver.requests.length).toBeLessThan(count);
		await eventually(async () => (await other.countDue(['e'], noon)) === 0, { timeoutMs: 20_000 });
		expect(receiver.requests).toHaveLength(count);
		expect(new Set(receiver.requests.map(idNotificacioOf)).size).toBe(count);
	}, 60_000);

	test('what another replica recorded is sent by this one when nobody else does', async () => {
		await using receiver = await startCallbackReceiver();
		await using r = await replicas(2);
		const [one, other] = r.stores;
		if (!one || !other) throw new Error('no replicas');
		r.start(0);
		const given = { ...endpoint({ url: receiver.url }), id: 'e' };
		await other.putEndpoint({ endpoint: given, revision: 1, sealedSecrets: new Uint8Array(), health: wellHealth });
		const state = State.DEPOSITED;
		let id = 0;
		// The stream may not be open yet: what comes before it is found by looking.
		await eventually(async () => {
			await other.record([newDelivery({ ...changed(++id, state, noon), state }, { id: 'e' }, noon, undefined)]);
			return receiver.requests.length > 0;
		});
		await eventually(async () => (await one.countDue(['e'], noon)) === 0);
		expect(receiver.requests).toHaveLength(id);
	});
});

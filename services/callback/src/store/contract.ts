import { DeliveryState, Endpoint } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { afterAttempt, newDelivery } from '../domain/delivery.ts';
import { type EndpointRecord, type NewEndpointRecord, wellHealth } from '../domain/endpoint.ts';
import { changed, endpoint, noon } from '../testing/fixtures.ts';
import type { CallbackStore, DueDelivery, Redriven } from './port.ts';

/** A store under test that can be opened again on the same data. */
export interface StoreUnderTest {
	readonly store: CallbackStore;
	/** Closes it and opens it again. */
	reopen(): Promise<CallbackStore>;
	/** Closes it and removes its data. */
	end(): Promise<void>;
}

const at = (ms: number) => new Date(noon.getTime() + ms);
const any = { notificationIds: [], endpointId: '', state: undefined, afterPosition: '', limit: 100 };

function record(id: string, change: Partial<NewEndpointRecord> = {}, createdMs = 0): NewEndpointRecord {
	return {
		endpoint: { ...endpoint({ url: 'https://example.org/' }), id, createdAt: at(createdMs), maxInFlight: 1 },
		revision: 1,
		sealedSecrets: Buffer.from('sealed'),
		health: wellHealth,
		...change,
	};
}

function delivery(
	notificationId: number,
	endpointId = 'e1',
	dueMs = 0,
	state: typeof State.DEPOSITED | typeof State.ACCEPTED = State.DEPOSITED,
) {
	const event = changed(notificationId, state, noon, { id: `${notificationId}-${state}` });
	return newDelivery({ ...event, state }, { id: endpointId }, at(dueMs), '00-trace');
}

const told = (found: readonly DueDelivery[]) => found.map((one) => one.delivery.notificationId);

/** What every adapter of {@link CallbackStore} must do. */
export function callbackStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
	describe(`${name} keeps the store's contract`, () => {
		let under: StoreUnderTest;
		let store: CallbackStore;
		beforeEach(async () => {
			under = await open();
			({ store } = under);
		});
		afterEach(() => under.end());

		test('an endpoint is written once for each revision', async () => {
			expect(await store.putEndpoint(record('e1'))).toBe(true);
			expect(await store.putEndpoint(record('e1'))).toBe(false);
			const health = { failures: 2, failingSince: at(1), notBefore: at(2) };
			const second = record('e1', { revision: 2, sealedSecrets: Buffer.from('other'), health });
			expect(await store.putEndpoint(second)).toBe(true);
			expect(await store.putEndpoint(second)).toBe(false);
			expect(await store.putEndpoint(record('e2', { revision: 3 }))).toBe(false);
			store = await under.reopen();
			await store.ping();
			const [found, missing] = await store.getEndpoints(['e1', 'e2']);
			expect(missing).toBeUndefined();
			expect(found).toMatchObject({ revision: 2, health });
			expect(Endpoint.encode(found?.endpoint ?? second.endpoint).finish()).toEqual(Endpoint.encode(second.endpoint).finish());
			expect(Buffer.from(found?.sealedSecrets ?? []).toString()).toBe('other');
		});

		test('endpoints are found by issuer and read page by page, in the order of their ids', async () => {
			const other = record('e3');
			await store.putEndpoint(record('e2', {}, 2));
			await store.putEndpoint(record('e1', {}, 1));
			await store.putEndpoint({ ...other, endpoint: { ...other.endpoint, issuerCode: 'OTHER' } });
			const ids = (found: readonly EndpointRecord[]) => found.map((one) => one.endpoint.id);
			expect(ids(await store.endpointsOf(['DEMO']))).toEqual(['e1', 'e2']);
			expect(ids(await store.endpointsOf(['DEMO', 'OTHER']))).toHaveLength(3);
			expect(await store.endpointsOf([])).toEqual([]);
			const page = async (issuerCode: string, afterId: string, limit: number) =>
				ids(await store.pageOfEndpoints({ issuerCode, afterId, limit }));
			expect(await page('', '', 10)).toEqual(['e1', 'e2', 'e3']);
			expect(await page('', 'e1', 1)).toEqual(['e2']);
			expect(await page('DEMO', 'e1', 10)).toEqual(['e2']);
			expect(await page('OTHER', '', 10)).toEqual(['e3']);
			expect(await page('', 'e3', 10)).toEqual([]);
			expect(await store.removeEndpoint('e2', 2)).toBe(false);
			expect(await store.removeEndpoint('e2', 1)).toBe(true);
			expect(await store.removeEndpoint('e2')).toBe(false);
			expect(ids(await store.endpointsOf(['DEMO']))).toEqual(['e1']);
			expect(await page('', 'e2', 10)).toEqual(['e3']);
		});

		test('how an endpoint fares is written for its own generation only, and forgotten on demand, which nobody sees', async () => {
			await store.putEndpoint(record('e1'));
			const health = { failures: 1, failingSince: at(0), notBefore: at(5) };
			await store.setHealth('e1', 2, health);
			expect((await store.getEndpoints(['e1']))[0]?.health).toEqual(wellHealth);
			await store.setHealth('e1', 1, health);
			expect((await store.getEndpoints(['e1']))[0]?.health).toEqual(health);
			expect(await store.nextInstant(at(1))).toEqual(at(5));
			expect(await store.nextInstant(at(5))).toBeUndefined();
			await store.endWaits(['e1', 'unknown']);
			expect((await store.getEndpoints(['e1']))[0]).toMatchObject({ revision: 1, generation: 2, health: wellHealth });
			await store.setHealth('e1', 1, health);
			expect((await store.getEndpoints(['e1']))[0]?.health).toEqual(wellHealth);
			await store.setHealth('e1', 2, health);
			expect((await store.getEndpoints(['e1']))[0]?.health).toEqual(health);
			expect(await store.putEndpoint(record('e1', { revision: 2 }), 1)).toBe(false);
			expect(await store.putEndpoint(record('e1', { revision: 2 }), 2)).toBe(true);
			expect((await store.getEndpoints(['e1']))[0]).toMatchObject({ revision: 2, generation: 3, health: wellHealth });
			expect(await store.resealEndpoint('e1', 1, Buffer.from('anew'))).toBe(false);
			expect(await store.resealEndpoint('e1', 2, Buffer.from('anew'))).toBe(true);
			const [resealed] = await store.getEndpoints(['e1']);
			expect(resealed).toMatchObject({ revision: 2, generation: 3 });
			expect(Buffer.from(resealed?.sealedSecrets ?? []).toString()).toBe('anew');
		});

		test('one owner holds an endpoint, until its lease ends or is given back', async () => {
			await store.putEndpoint(record('e1'));
			expect(await store.lease('e1', 'a', 1_000, 2_000)).toBe(true);
			expect(await store.lease('e1', 'b', 1_500, 2_500)).toBe(false);
			expect(await store.lease('e1', 'a', 1_500, 3_000)).toBe(true);
			expect(await store.lease('e1', 'b', 2_500, 3_500)).toBe(false);
			expect(await store.lease('e1', 'b', 3_000, 4_000)).toBe(true);
			await store.release('a', 'e1');
			expect(await store.lease('e1', 'c', 3_100, 4_000)).toBe(false);
			await store.release('b');
			expect(await store.lease('e1', 'c', 3_100, 4_000)).toBe(true);
			expect(await store.lease('unknown', 'c', 3_100, 4_000)).toBe(false);
		});

		test('a delivery is recorded once, and told of', async () => {
			const heard: unknown[] = [];
			const end = store.onWork((news) => heard.push(news));
			expect(await store.record([delivery(1), delivery(2), delivery(1)])).toBe(2);
			expect(await store.record([delivery(2), delivery(3, 'e2')])).toBe(1);
			expect(await store.record([delivery(1)])).toBe(0);
			end();
			await store.record([delivery(4)]);
			expect(heard).toEqual([
				{ what: 'deliveries', endpointIds: ['e1'] },
				{ what: 'instant', at: noon },
				{ what: 'deliveries', endpointIds: ['e1', 'e2'] },
				{ what: 'instant', at: noon },
			]);
			store = await under.reopen();
			const found = await store.list(any);
			expect(found.map((one) => one.delivery.notificationId)).toEqual([1, 2, 3, 4]);
			expect(found[0]).toMatchObject({ ...delivery(1), tries: 0 });
		});

		test('each instant that was written, and that something waits for, is told', async () => {
			await store.putEndpoint(record('e1'));
			await store.record([delivery(1), delivery(2)]);
			const heard: unknown[] = [];
			store.onWork((news) => heard.push(news));
			const health = { failures: 1, failingSince: at(0), notBefore: at(5) };
			await store.setHealth('e1', 1, health);
			const [first, second] = await store.due('e1', noon, 10);
			if (first === undefined || second === undefined) throw new Error('not recorded');
			await store.settle([
				{ record: first, delivery: first.delivery, dueAt: at(30) },
				{ record: second, delivery: second.delivery, dueAt: undefined },
			]);
			await store.defer([{ id: first.delivery.id, until: at(40) }]);
			await store.putEndpoint(record('e1', { revision: 2, health }));
			expect(heard).toEqual([
				{ what: 'instant', at: at(5) },
				{ what: 'instant', at: at(30) },
				{ what: 'instant', at: at(40) },
				{ what: 'endpoints', endpointIds: ['e1'] },
				{ what: 'instant', at: at(5) },
			]);
		});

		test('what is due comes in the order of its instant and of recording, each knowing what it waits behind', async () => {
			await store.record([
				delivery(1, 'e1', 10),
				delivery(2),
				delivery(3, 'e1', 50),
				delivery(1, 'e1', 5, State.ACCEPTED),
				delivery(4, 'e2'),
			]);
			const due = await store.due('e1', at(20), 10);
			expect(told(due)).toEqual([2, 1, 1]);
			expect(due.map((one) => one.behindUntil)).toEqual([undefined, at(10), undefined]);
			expect(told(await store.due('e1', at(20), 1))).toEqual([2]);
			expect(await store.endpointsDue(at(20))).toEqual(['e1', 'e2']);
			expect(await store.endpointsDue(at(-1))).toEqual([]);
			expect(await store.countDue(['e1'], at(20))).toBe(3);
			expect(await store.countDue(['e1', 'e2'], at(60))).toBe(5);
			expect(await store.countDue([], at(60))).toBe(0);
			expect(await store.nextInstant(at(5))).toEqual(at(10));
			await store.defer([{ id: due[1]?.delivery.id ?? '', until: at(90) }]);
			expect(told(await store.due('e1', at(20), 10))).toEqual([2, 1]);
			expect(await store.nextInstant(at(20))).toEqual(at(50));
		});

		test('a result counts once, and only while the delivery is as it was read', async () => {
			await store.record([delivery(1), delivery(2)]);
			const [first, second] = await store.due('e1', noon, 10);
			if (first === undefined || second === undefined) throw new Error('not recorded');
			const entry = { at: noon, durationMs: 5, httpStatus: 500, failure: 'HTTP_SERVER_ERROR', detail: '' };
			const retry = { kind: 'retry', dueAt: at(30) } as const;
			const failed = { record: first, delivery: afterAttempt(first.delivery, entry, retry, noon), dueAt: at(30) };
			const taken = { record: second, delivery: afterAttempt(second.delivery, entry, { kind: 'delivered' }, at(1)), dueAt: undefined };
			expect(await store.settle([failed, taken])).toEqual([true, true]);
			expect(await store.settle([failed, taken])).toEqual([false, false]);
			expect(await store.due('e1', at(29), 10)).toEqual([]);
			const [again] = await store.due('e1', at(30), 10);
			expect(again).toMatchObject({ tries: 1, delivery: { attempts: [{ number: 1, failure: 'HTTP_SERVER_ERROR' }] } });
			expect((await store.list({ ...any, state: DeliveryState.DELIVERED })).map((one) => one.delivery.notificationId)).toEqual([2]);
		});

		test('pending deliveries are given up by endpoint and instant, or by notification; then they can be taken up again', async () => {
			await store.record([delivery(1), delivery(2, 'e1', 10), delivery(3, 'e1', 20), delivery(4, 'e2')]);
			const request = { endpointId: 'e1', why: 'ENDPOINT_UNREACHABLE', now: at(30), limit: 1 } as const;
			expect(await store.giveUp({ ...request, dueUntil: at(10) })).toBe(1);
			expect(await store.giveUp({ ...request, dueUntil: at(10), limit: 9 })).toBe(1);
			expect(await store.giveUp({ ...request, dueUntil: at(10) })).toBe(0);
			expect(await store.forget([3, 99], 'NOTIFICATION_PURGED', at(31))).toBe(1);
			expect(await store.forget([1], 'NOTIFICATION_PURGED', at(31))).toBe(0);
			const exhausted = await store.list({ ...any, state: DeliveryState.EXHAUSTED });
			expect(exhausted.map((one) => one.delivery.givenUp)).toEqual(['ENDPOINT_UNREACHABLE', 'ENDPOINT_UNREACHABLE', 'NOTIFICATION_PURGED']);
			const none = { ids: [], endpointId: '', notificationIds: [], afterPosition: '' };
			const about = (found: readonly Redriven[]) => found.map((one) => [one.id, one.endpointId]);
			const [first, second, third] = exhausted.map((one) => one.delivery.id);
			expect(await store.redrive(none, at(40), 10)).toEqual([]);
			expect(await store.redrive({ ...none, endpointId: 'e1' }, at(29), 10)).toEqual([]);
			const page = await store.redrive({ ...none, endpointId: 'e1' }, at(40), 1);
			expect(about(page)).toEqual([[first, 'e1']]);
			const rest = { ...none, ids: [second ?? ''], notificationIds: [3], afterPosition: page[0]?.position ?? '' };
			expect(await store.redrive({ ...rest, afterPosition: exhausted[2]?.position ?? '' }, at(40), 10)).toEqual([]);
			expect(about(await store.redrive(rest, at(40), 10))).toEqual([
				[second, 'e1'],
				[third, 'e1'],
			]);
			expect(told(await store.due('e1', at(40), 10))).toEqual([1, 2, 3]);
			expect((await store.due('e1', at(40), 10))[0]).toMatchObject({ tries: 0, delivery: { givenUp: '', settledAt: undefined } });
		});

		test('the log is listed by every condition and by pages, and pruned by age', async () => {
			await store.record([delivery(1), delivery(2), delivery(1, 'e2', 0, State.ACCEPTED), delivery(3, 'e2')]);
			const ids = async (query: object) => (await store.list({ ...any, ...query })).map((one) => one.delivery.notificationId);
			expect(await ids({ notificationIds: [1] })).toEqual([1, 1]);
			expect(await ids({ notificationIds: [1], endpointId: 'e2' })).toEqual([1]);
			expect(await ids({ endpointId: 'e2' })).toEqual([1, 3]);
			expect(await ids({ endpointId: 'e2', state: DeliveryState.PENDING })).toEqual([1, 3]);
			expect(await ids({ state: DeliveryState.EXHAUSTED })).toEqual([]);
			expect(await ids({ limit: 2 })).toEqual([1, 2]);
			const afterPosition = await store.positionOf(delivery(2).delivery.id);
			expect(await ids({ afterPosition })).toEqual([1, 3]);
			expect(await store.positionOf('unknown')).toBeUndefined();
			await store.giveUp({ endpointId: 'e1', why: 'ENDPOINT_DELETED', now: at(5), limit: 10 });
			expect(await store.prune(at(5), 10)).toBe(0);
			expect(await store.prune(at(6), 1)).toBe(1);
			expect(await store.prune(at(6), 10)).toBe(1);
			expect(await ids({})).toEqual([1, 3]);
		});
	});
}

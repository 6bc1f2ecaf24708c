import { type Delivery, DeliveryState } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { afterAttempt, newDelivery } from '../domain/delivery.ts';
import { type NewEndpointRecord, wellHealth } from '../domain/endpoint.ts';
import type { ToldState } from '../domain/states.ts';
import { changed, endpoint, noon } from '../testing/fixtures.ts';
import type { StoreUnderTest } from './contract.ts';
import type { CallbackStore } from './port.ts';

/** A store under test that two replicas have open. */
export interface SharedStore extends StoreUnderTest {
	/** The other replica's; the same one where only one process may have a store open. Ended with the first. */
	readonly other: CallbackStore;
}

const at = (ms: number) => new Date(noon.getTime() + ms);
const any = { notificationIds: [], endpointId: '', state: undefined, afterPosition: '', limit: 1_000 };
const named = { ids: [], endpointId: '', notificationIds: [], afterPosition: '' };
const told: readonly ToldState[] = [State.DEPOSITED, State.ACCEPTED, State.DISCARDED];
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

function record(id: string, change: Partial<NewEndpointRecord> = {}): NewEndpointRecord {
	const given = { ...endpoint({ url: 'https://example.org/' }), id, createdAt: noon };
	return { endpoint: given, revision: 1, sealedSecrets: Buffer.from('sealed'), health: wellHealth, ...change };
}

function delivery(notificationId: number, state: ToldState = State.DEPOSITED) {
	const event = changed(notificationId, state, noon, { id: `${notificationId}-${state}` });
	return newDelivery({ ...event, state }, { id: 'e1' }, noon, undefined);
}

const words = ({ notificationId, toldState }: Delivery) => `${notificationId} ${toldState}`;

/** What every adapter of {@link CallbackStore} must do when two replicas write at the same time. */
export function callbackReplicasContract(name: string, open: () => Promise<SharedStore>): void {
	describe(`${name} keeps the store's contract with two replicas`, () => {
		let under: SharedStore;
		let one: CallbackStore;
		let other: CallbackStore;
		beforeEach(async () => {
			under = await open();
			({ store: one, other } = under);
		});
		afterEach(() => under.end());
		const both = <T>(work: (store: CallbackStore, index: number) => Promise<T>) => Promise.all([one, other].map(work));

		test('one of two gets an endpoint, also once a lease is over; what an operator writes does not end it', async () => {
			await one.putEndpoint(record('e1'));
			for (let now = 0; now < 10_000; now += 1_000) {
				const got = await both((store, index) => store.lease('e1', `${now} ${index}`, now, now + 1_000));
				expect(got.filter(Boolean)).toHaveLength(1);
			}
			await Promise.all([other.putEndpoint(record('e1', { revision: 2 })), one.lease('e1', 'a', 20_000, 30_000)]);
			expect(await other.lease('e1', 'b', 25_000, 35_000)).toBe(false);
			expect((await other.getEndpoints(['e1']))[0]).toMatchObject({ revision: 2 });
		});

		test('of two changes of an endpoint one is written; what is found against it meanwhile counts no more', async () => {
			await one.putEndpoint(record('e1'));
			for (let revision = 2; revision < 12; revision++) {
				const written = await both((store, index) => store.putEndpoint(record('e1', { revision, sealedSecrets: Buffer.from([index]) })));
				expect(written.filter(Boolean)).toHaveLength(1);
				const [found] = await other.getEndpoints(['e1']);
				expect(found).toMatchObject({ revision, sealedSecrets: new Uint8Array([written.indexOf(true)]) });
			}
			await other.endWaits(['e1']);
			await one.setHealth('e1', 11, { failures: 1, failingSince: noon, notBefore: at(1) });
			expect((await one.getEndpoints(['e1']))[0]).toMatchObject({ revision: 11, generation: 12, health: wellHealth });
		});

		test('a change for one generation and what forgets come one after the other; secrets sealed anew replace no others', async () => {
			await one.putEndpoint(record('e1'));
			for (let [revision, generation] = [1, 1]; revision + generation < 40; ) {
				const next = record('e1', { revision: revision + 1, sealedSecrets: Buffer.from(`${revision + 1}`) });
				const [written] = await Promise.all([
					one.putEndpoint(next, generation),
					other.endWaits(['e1']),
					other.resealEndpoint('e1', revision, Buffer.from(`${revision}`)),
				]);
				revision += written ? 1 : 0;
				generation += written ? 2 : 1;
				const [found] = await other.getEndpoints(['e1']);
				expect(found).toMatchObject({ revision, generation });
				if (revision > 1) expect(Buffer.from(found?.sealedSecrets ?? []).toString()).toBe(`${revision}`);
			}
		});

		test('what both record is recorded once, and what is about one notification in its order', async () => {
			const batches = range(20).map((id) => told.map((state) => delivery(id, state)));
			const added = await both(async (store) => {
				const counts = await Promise.all(batches.map((batch) => store.record(batch)));
				return counts.reduce((sum, count) => sum + count, 0);
			});
			expect((added[0] ?? 0) + (added[1] ?? 0)).toBe(60);
			const found = (await other.list(any)).map((each) => each.delivery);
			expect(found).toHaveLength(60);
			for (const [id, lane] of Map.groupBy(found, ({ notificationId }) => notificationId))
				expect(lane.map(words)).toEqual(told.map((state) => `${id} ${state}`));
		});

		test('what one records after the other stands behind it, whoever asks', async () => {
			for (const [index, state] of told.entries()) await (index % 2 === 0 ? one : other).record(range(30).map((id) => delivery(id, state)));
			for (const store of [one, other]) {
				const due = await store.due('e1', noon, 100);
				expect(due.map((each) => each.ahead)).toEqual([...range(30).map(() => 0), ...range(30).map(() => 1), ...range(30).map(() => 2)]);
				expect(due.map(({ delivery: { toldState } }) => toldState)).toEqual(told.flatMap((state) => range(30).map(() => state)));
			}
			const [first] = await one.due('e1', noon, 1);
			await one.defer([{ id: first?.delivery.id ?? '', until: at(7) }]);
			const behind = (await other.due('e1', noon, 100)).filter((each) => each.delivery.notificationId === 1);
			expect(behind.map(({ behindUntil }) => behindUntil)).toEqual([at(7), at(7)]);
		});

		test('pages hold all that was there before once, though more is recorded meanwhile', async () => {
			const before = range(60).map((id) => delivery(id));
			await one.record(before);
			let recording = true;
			const writer = (async () => {
				for (let id = 100; recording; id += 5) await other.record(range(5).map((more) => delivery(id + more)));
			})();
			const seen: string[] = [];
			for (let afterPosition = ''; seen.length < 60; ) {
				const page = await one.list({ ...any, afterPosition, limit: 7 });
				expect(page.length).toBeGreaterThan(0);
				seen.push(...page.map((each) => each.delivery.id));
				afterPosition = page.at(-1)?.position ?? '';
			}
			recording = false;
			await writer;
			expect(seen.slice(0, 60)).toEqual(before.map((each) => each.delivery.id));
		});

		test('of two ends of a delivery one counts', async () => {
			await one.record(range(60).map((id) => delivery(id)));
			const due = await other.due('e1', noon, 100);
			const entry = { at: noon, durationMs: 5, httpStatus: 200, failure: '', detail: '' };
			const settle = async (store: CallbackStore) => {
				const counted = await Promise.all(
					due.map(async (each) => {
						const ended = afterAttempt(each.delivery, entry, { kind: 'delivered' }, noon);
						return (await store.settle([{ record: each, delivery: ended, dueAt: undefined }]))[0];
					}),
				);
				return counted.filter(Boolean).length;
			};
			const given = one.giveUp({ endpointId: 'e1', why: 'ENDPOINT_DELETED', now: noon, limit: 100 });
			const [first, second, third] = await Promise.all([settle(one), settle(other), given]);
			expect(first + second + third).toBe(60);
			expect(await other.list({ ...any, state: DeliveryState.EXHAUSTED })).toHaveLength(third);
			const delivered = await other.list({ ...any, state: DeliveryState.DELIVERED });
			expect(delivered.map((each) => [each.tries, each.delivery.attempts.length])).toEqual(range(first + second).map(() => [1, 1]));
		});

		test('what both give up, take up again and remove is done once', async () => {
			await one.record(range(100).map((id) => delivery(id)));
			const request = { endpointId: 'e1', why: 'ENDPOINT_DELETED', now: noon } as const;
			const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
			expect(sum(await both((store) => store.giveUp({ ...request, limit: 80 })))).toBe(100);
			const redriven = await both(async (store) => {
				const ids: string[] = [];
				for (let afterPosition = ''; ; ) {
					const taken = await store.redrive({ ...named, endpointId: 'e1', afterPosition }, at(1), 15);
					ids.push(...taken.map(({ id }) => id));
					afterPosition = taken.at(-1)?.position ?? '';
					if (taken.length < 15) return ids;
				}
			});
			expect(redriven.flat()).toHaveLength(100);
			expect(new Set(redriven.flat()).size).toBe(100);
			expect(await other.countDue(['e1'], at(1))).toBe(100);
			expect(sum(await both((store) => store.forget(range(100), 'NOTIFICATION_PURGED', at(2))))).toBe(100);
			expect(sum(await both((store) => store.prune(at(3), 70)))).toBe(100);
			expect(await one.list(any)).toEqual([]);
		});
	});
}

import { type Notification, State, Transition } from '@fefaent/contracts/notification';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Stored } from '../domain/decision.ts';
import { createdEvent } from '../domain/record.ts';
import { outgoing } from '../outbox/outgoing.ts';
import { after, author, draft, entered, inState, noon } from '../testing/fixtures.ts';
import type { Arrival, NotificationStore, Replacement } from './port.ts';

/** One kind of store under test. */
export interface StoreUnderTest {
	readonly store: NotificationStore;
	/** Closes it and opens what it left behind. */
	reopen(): Promise<NotificationStore>;
	dispose(): Promise<void>;
}

const print = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const live = (notification: Notification): Stored => ({ kind: 'live', notification });
const arrival = (notification: Notification, fingerprint?: Uint8Array): Arrival => ({
	notification,
	reference: notification.draft?.issuerReference || undefined,
	fingerprint: fingerprint ?? (notification.draft?.issuerReference ? print(1) : undefined),
	events: [outgoing(createdEvent(notification, noon), undefined)],
});
const replacement = (before: Notification, change: Partial<Notification>, at = noon): Replacement => {
	const next = { ...before, version: before.version + 1, ...change };
	return { expectedVersion: before.version, next: live(next), events: [outgoing(createdEvent(next, at), undefined)] };
};
const referenced = (id: number, issuerReference: string, code = 'DEMO'): Notification =>
	entered(id, draft({ issuerReference, issuer: { code, name: '' } }));
const bytes = (value: Uint8Array | undefined): Uint8Array | undefined => value && Uint8Array.from(value);

/** What every store of notifications must do. */
export function notificationStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
	describe(`notification store: ${name}`, () => {
		let under: StoreUnderTest;
		let store: NotificationStore;
		// Order is promised per key only.
		const keys = async (): Promise<string[]> => (await store.outbox.take(1000)).map((row) => row.key).sort();

		beforeEach(async () => {
			under = await open();
			store = under.store;
		});
		afterEach(() => under.dispose());

		it('hands out blocks of ids that do not overlap, also after a restart', async () => {
			const firsts = await Promise.all([store.reserveIds(100), store.reserveIds(5), store.reserveIds(100)]);
			store = await under.reopen();
			firsts.push(await store.reserveIds(10));
			expect(firsts.sort((one, other) => one - other)).toEqual(expect.arrayContaining([1]));
			const ids = firsts.flatMap((first) => [first, first + 4]);
			expect(new Set(ids).size).toBe(ids.length);
			expect(firsts.at(-1)).toBe(206);
		});

		it('gives back what it stored, and nothing for what it never had', async () => {
			const [one, two] = [inState(State.ACCEPTED, 1), entered(2)];
			expect(await store.insertMany([arrival(one), arrival(two)])).toEqual([{ kind: 'inserted' }, { kind: 'inserted' }]);
			const found = await store.getMany([2, 9, 1, 2]);
			expect([...found.keys()].sort()).toEqual([1, 2]);
			expect(normal(found.get(1))).toEqual(normal(live(one)));
			expect(normal(found.get(2))).toEqual(normal(live(two)));
			expect(await keys()).toEqual(['1', '2']);
		});

		it('keeps all of it over a restart, the events too', async () => {
			await store.insertMany([arrival(referenced(1, 'A'))]);
			store = await under.reopen();
			expect(normal((await store.getMany([1])).get(1))).toEqual(normal(live(referenced(1, 'A'))));
			const rows = await store.outbox.take(10);
			expect(rows.map(({ key, topic }) => ({ key, topic }))).toEqual([{ key: '1', topic: 'fefaent.notification.v1' }]);
			await store.outbox.done(rows);
			expect(await keys()).toEqual([]);
		});

		it('finds the owner of a reference, within a batch as well', async () => {
			const first = referenced(1, 'A');
			const batch = [first, referenced(2, 'A'), referenced(3, 'B'), referenced(4, 'A', 'OTHER'), entered(5), entered(6)];
			const found = await store.insertMany(batch.map((one) => arrival(one)));
			expect(found.map((one) => one.kind)).toEqual(['inserted', 'existing', 'inserted', 'inserted', 'inserted', 'inserted']);
			const again = await store.insertMany([arrival(referenced(7, 'A'), print(9))]);
			expect(again).toMatchObject([{ kind: 'existing', id: 1, iun: first.iun }]);
			expect(bytes(again[0]?.kind === 'existing' ? again[0].fingerprint : undefined)).toEqual(print(1));
			expect([...(await store.getMany([2, 7])).keys()]).toEqual([]);
			expect(await keys()).toEqual(['1', '3', '4', '5', '6']);
		});

		it('lets one of many inserts of a reference win', async () => {
			const results = await Promise.all(Array.from({ length: 30 }, (_, index) => store.insertMany([arrival(referenced(index + 1, 'A'))])));
			const inserted = results.flat().filter((one) => one.kind === 'inserted');
			expect(inserted).toHaveLength(1);
			const owners = new Set(results.flat().flatMap((one) => (one.kind === 'existing' ? [one.id] : [])));
			expect(owners.size).toBe(1);
			expect(await keys()).toEqual([String([...owners][0])]);
		});

		it('writes a change only on the version that it was decided on', async () => {
			const [one, two] = [entered(1), entered(2)];
			await store.insertMany([arrival(one), arrival(two)]);
			const results = await store.replaceMany([
				replacement(one, { state: State.DEPOSITED }),
				replacement({ ...two, version: 7 }, { state: State.DEPOSITED }),
				replacement(entered(3), { state: State.DEPOSITED }),
			]);
			expect(results).toEqual(['written', 'stale', 'stale']);
			const found = await store.getMany([1, 2, 3]);
			expect(found.get(1)).toMatchObject({ notification: { state: State.DEPOSITED, version: 2 } });
			expect(found.get(2)).toMatchObject({ notification: { state: State.ENTERED, version: 1 } });
			expect(found.has(3)).toBe(false);
			expect(await keys()).toEqual(['1', '1', '2']);
		});

		it('lets one of many changes of a version win', async () => {
			const one = entered(1);
			await store.insertMany([arrival(one)]);
			const results = await Promise.all(
				Array.from({ length: 30 }, (_, index) => store.replaceMany([replacement(one, { failure: `F${index}` })])),
			);
			const written = results.flatMap(([result], index) => (result === 'written' ? [`F${index}`] : []));
			expect(written).toHaveLength(1);
			expect((await store.getMany([1])).get(1)).toMatchObject({ notification: { failure: written[0], version: 2 } });
			expect(await keys()).toEqual(['1', '1']);
		});

		it('leaves a tombstone, which frees the reference and takes no more changes', async () => {
			const one = referenced(1, 'A');
			await store.insertMany([arrival(one)]);
			const tombstone = { id: 1, version: 2, issuerCode: 'DEMO', purgedAt: after(1000), exportKey: 'exports/DEMO/2026/1.zip' };
			const gone: Replacement = { expectedVersion: 1, next: { kind: 'purged', tombstone }, events: [] };
			expect(await store.replaceMany([gone])).toEqual(['written']);
			expect(await store.replaceMany([gone, replacement(one, {})])).toEqual(['stale', 'stale']);
			store = await under.reopen();
			expect((await store.getMany([1])).get(1)).toEqual({ kind: 'purged', tombstone });
			expect(await store.search({ limit: 10 })).toEqual([]);
			expect(await store.insertMany([arrival(referenced(2, 'A'))])).toEqual([{ kind: 'inserted' }]);
		});

		it('searches by issuer, reference and state, newest first, by pages', async () => {
			const all = [
				referenced(1, 'A'),
				inState(State.DEPOSITED, 2),
				referenced(3, 'A', 'OTHER'),
				inState(State.DEPOSITED, 4, { issuer: { code: 'OTHER', name: '' } }),
				entered(5),
			];
			await store.insertMany(all.map((one) => arrival(one)));
			const ids = async (query: Parameters<NotificationStore['search']>[0]) => (await store.search(query)).map((one) => one.id);
			expect(await ids({ limit: 100 })).toEqual([5, 4, 3, 2, 1]);
			expect(await ids({ limit: 2 })).toEqual([5, 4]);
			expect(await ids({ limit: 2, beforeId: 4 })).toEqual([3, 2]);
			expect(await ids({ limit: 100, issuerCode: 'OTHER' })).toEqual([4, 3]);
			expect(await ids({ limit: 100, issuerReference: 'A' })).toEqual([3, 1]);
			expect(await ids({ limit: 100, issuerCode: 'OTHER', issuerReference: 'A' })).toEqual([3]);
			expect(await ids({ limit: 100, state: State.DEPOSITED })).toEqual([4, 2]);
			expect(await ids({ limit: 100, issuerCode: 'DEMO', state: State.DEPOSITED, beforeId: 9 })).toEqual([2]);
			expect(await ids({ limit: 100, issuerCode: 'NOBODY' })).toEqual([]);
		});

		it('lists claims by the instant of the decision, until they are complete', async () => {
			const all = [entered(1), entered(2), entered(3)];
			await store.insertMany(all.map((one) => arrival(one)));
			const at = [after(3000), after(1000), after(2000)];
			const claimed = all.map((one, index) =>
				replacement(one, { claim: { transition: Transition.DEPOSIT, target: State.DEPOSITED, decidedAt: at[index], author } }),
			);
			await store.replaceMany(claimed);
			const ids = async (before: Date, limit = 100) => (await store.claimsBefore(before, limit)).map((one) => one.id);
			expect(await ids(after(9000))).toEqual([2, 3, 1]);
			expect(await ids(after(9000), 1)).toEqual([2]);
			expect(await ids(after(3000))).toEqual([2, 3]);
			expect(await ids(noon)).toEqual([]);
			const behind = async (decidedAt: Date, id: number) =>
				(await store.claimsBefore(after(9000), 100, { decidedAt, id })).map((one) => one.id);
			expect(await behind(after(1000), 2)).toEqual([3, 1]);
			expect(await behind(after(2000), 2)).toEqual([3, 1]);
			expect(await behind(after(2000), 3)).toEqual([1]);
			expect(await behind(after(3000), 1)).toEqual([]);
			await store.replaceMany([replacement({ ...entered(2), version: 2 }, { state: State.DEPOSITED })]);
			expect(await ids(after(9000))).toEqual([3, 1]);
		});

		it('tells when events were committed', async () => {
			const told = Promise.withResolvers<void>();
			const stop = store.outbox.onCommitted(() => told.resolve());
			await store.insertMany([arrival(entered(1))]);
			await told.promise;
			stop();
		});

		it('answers a ping until it is closed', async () => {
			await store.ping();
			await store.close();
			await expect(store.ping()).rejects.toThrow();
			await expect(store.insertMany([arrival(entered(1))])).rejects.toThrow();
		});
	});
}

/** Without the difference between an absent field and one that is undefined, or between two classes of bytes. */
function normal(stored: Stored | undefined): unknown {
	return JSON.parse(
		JSON.stringify(stored, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)),
	);
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Instance, InstanceStep, Timer } from '../domain/instance.ts';
import type { ClaimedTimer, ClaimTimers, QueueLook, StateEngineStore } from './port.ts';

/** One kind of store under test. */
export interface StoreUnderTest {
	readonly store: StateEngineStore;
	/** Closes it and opens what it left behind. */
	reopen(): Promise<StateEngineStore>;
	dispose(): Promise<void>;
}

const facts = { receivedAt: 1_000, expiryDays: 10, reminder: true };
const timer = (kind: string, due: number): Timer => ({ kind, dueAt: new Date(due), proved: true, attempts: 0, traceparent: undefined });
const step = (
	id: number,
	schedule: readonly Timer[],
	change: Partial<Omit<Instance, 'timers'>> = {},
	cancel: readonly string[] = [],
): InstanceStep => ({
	kind: 'step',
	instance: {
		notificationId: id,
		workflow: 'enotum',
		workflowVersion: 1,
		position: { state: '"entered"', facts },
		notificationVersion: 1,
		revision: 1,
		...change,
	},
	cancel,
	schedule,
});

/** What every store of instances and timers must do. */
export function stateEngineStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
	describe(`state-engine store: ${name}`, () => {
		let under: StoreUnderTest;
		let store: StateEngineStore;
		const claim = (now: number, options: Partial<Omit<ClaimTimers, 'now' | 'leaseUntil'>> = {}): Promise<readonly ClaimedTimer[]> => {
			const { realNow = 100 } = options;
			const leaseUntil = realNow + 50;
			return store.claimDue({ now: new Date(now), realNow, proved: true, except: [], owner: 'a', leaseUntil, limit: 100, ...options });
		};
		const until = (now: number, change: Partial<QueueLook> = {}): Promise<number | undefined> =>
			store.untilNext({ now: new Date(now), realNow: 100, proved: true, except: [], ...change });
		const names = (timers: readonly ClaimedTimer[]): string[] => timers.map((one) => `${one.notificationId}.${one.kind}`);
		const one = async (now: number, realNow = 100): Promise<ClaimedTimer> => {
			const [found] = await claim(now, { realNow });
			if (found === undefined) throw new Error('no timer is due');
			return found;
		};

		beforeEach(async () => {
			under = await open();
			store = under.store;
			await store.join();
		});
		afterEach(() => under.dispose());

		it('gives back what was written, in the order asked for', async () => {
			await store.applyMany([step(1, [timer('b', 20), timer('a', 10)]), step(2, [])]);
			const [two, none, first] = await store.getMany([2, 3, 1]);
			expect(two).toEqual({ ...step(2, []).instance, timers: [] });
			expect(none).toBeUndefined();
			expect(first).toEqual({ ...step(1, []).instance, timers: [timer('a', 10), timer('b', 20)] });
		});

		it('keeps it over a restart', async () => {
			await store.applyMany([step(1, [timer('a', 10)])]);
			const before = await store.getMany([1]);
			store = await under.reopen();
			await store.join();
			expect(await store.getMany([1])).toEqual(before);
			expect(names(await claim(10))).toEqual(['1.a']);
		});

		it('tells that it answers', async () => {
			await expect(store.ping()).resolves.toBeUndefined();
		});

		it('writes a step only over the revision before, each item by itself', async () => {
			expect(await store.applyMany([step(1, [timer('a', 10)])])).toEqual(['written']);
			expect(await store.applyMany([step(1, [timer('x', 10)]), step(2, [])])).toEqual(['stale', 'written']);
			const second = { revision: 2, notificationVersion: 3, position: { state: '"deposited"', facts } };
			expect(await store.applyMany([step(1, [timer('b', 30)], second, ['a'])])).toEqual(['written']);
			expect(await store.applyMany([step(1, [timer('c', 30)], second)])).toEqual(['stale']);
			expect(await store.getMany([1])).toEqual([{ ...step(1, [], second).instance, timers: [timer('b', 30)] }]);
		});

		it('ends an instance only at the revision given, with its timers', async () => {
			await store.applyMany([step(1, [timer('a', 10)])]);
			expect(await store.applyMany([{ kind: 'end', notificationId: 1, revision: 2 }])).toEqual(['stale']);
			expect(await store.applyMany([{ kind: 'end', notificationId: 1, revision: 1 }])).toEqual(['written']);
			expect(await store.getMany([1])).toEqual([undefined]);
			expect(await claim(10)).toEqual([]);
			expect(await store.applyMany([{ kind: 'end', notificationId: 1, revision: 1 }])).toEqual(['stale']);
		});

		it('leases what is due, earliest first, up to the limit, once', async () => {
			await store.applyMany([step(1, [timer('a', 30)]), step(2, [timer('a', 10)]), step(3, [timer('a', 20)]), step(4, [timer('a', 31)])]);
			expect(names(await claim(30, { limit: 2 }))).toEqual(['2.a', '3.a']);
			expect(names(await claim(30, { owner: 'b' }))).toEqual(['1.a']);
			expect(await claim(30)).toEqual([]);
		});

		it('gives each timer with what it belongs to', async () => {
			await store.applyMany([step(7, [{ ...timer('a', 10), traceparent: 'trace' }])]);
			expect(await one(10)).toEqual({
				...timer('a', 10),
				traceparent: 'trace',
				notificationId: 7,
				workflow: 'enotum',
				workflowVersion: 1,
				position: { state: '"entered"', facts },
				others: [],
				owner: 'a',
				leaseUntil: 150,
			});
		});

		it('tells each timer of the others of its instance', async () => {
			await store.applyMany([step(7, [timer('reminder', 5), timer('expiry', 10), timer('retention', 20)]), step(8, [timer('expiry', 6)])]);
			const [first, second] = await claim(9);
			const byKind = [...(first?.others ?? [])].sort((one, other) => one.kind.localeCompare(other.kind));
			expect(byKind).toEqual([
				{ kind: 'expiry', dueAt: new Date(10) },
				{ kind: 'retention', dueAt: new Date(20) },
			]);
			expect([first?.kind, second?.others]).toEqual(['reminder', []]);
		});

		it('fires timers of one instance one after the other, in the order that they are due', async () => {
			await store.applyMany([step(1, [timer('retention', 20), timer('expiry', 10), timer('reminder', 5)])]);
			for (const kind of ['reminder', 'expiry', 'retention']) {
				const due = await one(99);
				expect(due.kind).toBe(kind);
				expect(await claim(99, { owner: 'b' })).toEqual([]);
				await store.settle([{ timer: due, kind: 'done' }]);
			}
			expect(await claim(99)).toEqual([]);
		});

		it('frees a lease that ran out, and a late result of it is ignored', async () => {
			await store.applyMany([step(1, [timer('a', 10)])]);
			const slow = await one(10);
			expect(await claim(10, { realNow: 149, owner: 'b' })).toEqual([]);
			const [taken] = await claim(10, { realNow: 150, owner: 'b' });
			expect(taken?.owner).toBe('b');
			await store.settle([{ timer: slow, kind: 'done' }]);
			expect((await store.getMany([1]))[0]?.timers).toHaveLength(1);
		});

		it('ends the leases of an owner that starts anew, and no other’s', async () => {
			await store.applyMany([step(1, [timer('a', 10)]), step(2, [timer('a', 20)])]);
			await claim(10, { owner: 'a' });
			await claim(20, { owner: 'b' });
			expect(await store.releaseLeases('a')).toBe(1);
			expect(names(await claim(20, { owner: 'a' }))).toEqual(['1.a']);
		});

		it('does not let a result touch a timer that was set anew meanwhile', async () => {
			await store.applyMany([step(1, [timer('a', 10)])]);
			const due = await one(10);
			await store.applyMany([step(1, [timer('a', 40)], { revision: 2 })]);
			await store.settle([{ timer: due, kind: 'done' }]);
			await store.settle([{ timer: due, kind: 'failed', notBefore: 1_000 }]);
			await store.settle([{ timer: due, kind: 'later', dueAt: new Date(900) }]);
			expect((await store.getMany([1]))[0]?.timers).toEqual([timer('a', 40)]);
			expect(names(await claim(40))).toEqual(['1.a']);
		});

		it('counts failures and waits, in real time, before another try', async () => {
			await store.applyMany([step(1, [timer('a', 10), timer('b', 20)])]);
			await store.settle([{ timer: await one(10), kind: 'failed', notBefore: 500 }]);
			expect(await claim(10, { realNow: 499 })).toEqual([]);
			// Another timer of the instance need not wait for it.
			expect(names(await claim(20, { realNow: 499 }))).toEqual(['1.b']);
			await store.releaseLeases('a');
			expect(await claim(10, { realNow: 500 })).toMatchObject([{ kind: 'a', attempts: 1 }]);
		});

		it('takes those first that could have been taken first, whether they waited for their time or for another try', async () => {
			// Real time is 90 behind the environment's.
			await store.applyMany([step(1, [timer('a', 1)]), step(2, [timer('a', 192)]), step(3, [timer('a', 195)])]);
			await store.settle([{ timer: await one(190, 100), kind: 'failed', notBefore: 104 }]);
			expect(names(await claim(196, { realNow: 106, owner: 'b' }))).toEqual(['2.a', '1.a', '3.a']);
		});

		it('sees those that are due behind any number in back-off', async () => {
			await store.applyMany(Array.from({ length: 500 }, (_, index) => step(index + 1, [timer('a', 1)])));
			const tried = await claim(1, { limit: 500 });
			await store.settle(tried.map((one) => ({ timer: one, kind: 'failed', notBefore: 900 })));
			await store.applyMany([step(501, [timer('a', 2)])]);
			expect(await until(1)).toBe(1);
			expect(names(await claim(2, { limit: 1 }))).toEqual(['501.a']);
			expect(await store.countDue(new Date(2), 100)).toBe(1);
			expect(await claim(2, { realNow: 900, limit: 1_000, owner: 'b' })).toHaveLength(501);
		});

		it('keeps those that have to be proved and the others in queues of their own', async () => {
			const free = { ...timer('c', 10), proved: false };
			await store.applyMany([step(1, [timer('a', 10)]), step(2, [timer('a', 20), { ...free, dueAt: new Date(15) }]), step(3, [free])]);
			expect([await until(4), await until(4, { proved: false })]).toEqual([6, 6]);
			expect(await until(12, { proved: false })).toBe(0);
			const [first] = await claim(20, { proved: false, limit: 1 });
			expect(first).toMatchObject({ notificationId: 3, kind: 'c', proved: false });
			if (first !== undefined) await store.settle([{ timer: first, kind: 'failed', notBefore: 130 }]);
			// One timer of an instance at a time, whichever queue it stands in.
			expect(names(await claim(20))).toEqual(['1.a', '2.a']);
			expect(await claim(20, { proved: false, realNow: 120 })).toEqual([]);
			expect(await until(20, { proved: false, realNow: 120 })).toBe(10);
			expect(names(await claim(20, { proved: false, realNow: 130 }))).toEqual(['3.c']);
		});

		it('leaves the named notifications alone, whatever the time, and does not count them as waiting', async () => {
			await store.applyMany([step(1, [timer('a', 10), timer('b', 20)]), step(2, [timer('a', 10)]), step(3, [timer('a', 50)])]);
			await claim(10, { limit: 1 });
			const jumped = { realNow: 9_000, except: [1] };
			expect(names(await claim(20, jumped))).toEqual(['2.a']);
			expect(await until(20, jumped)).toBe(30);
		});

		it('puts a timer off', async () => {
			await store.applyMany([step(1, [timer('a', 10)])]);
			await store.settle([{ timer: await one(10), kind: 'later', dueAt: new Date(60) }]);
			expect(await claim(59)).toEqual([]);
			expect(await claim(60)).toMatchObject([{ kind: 'a', attempts: 0 }]);
		});

		it('forgets the instance of a notification that is gone', async () => {
			await store.applyMany([step(1, [timer('a', 10), timer('b', 90)])]);
			await store.settle([{ timer: await one(10), kind: 'gone' }]);
			expect(await store.getMany([1])).toEqual([undefined]);
			expect(await claim(99)).toEqual([]);
		});

		it('tells how long nothing is due', async () => {
			expect(await until(0)).toBeUndefined();
			await store.applyMany([step(1, [timer('a', 10), timer('b', 80)])]);
			expect(await until(4)).toBe(6);
			expect(await until(10)).toBe(0);
			const due = await one(10);
			// The lease ends at 150: only then is there something to take, unless it is settled before.
			expect(await until(10)).toBe(50);
			expect(await until(79)).toBe(1);
			expect(await until(80)).toBe(50);
			await store.settle([{ timer: due, kind: 'failed', notBefore: 130 }]);
			expect(await until(10)).toBe(30);
		});

		it('counts what is due, until it is done or waits for another try', async () => {
			const count = (now: number, realNow = 100): Promise<number> => store.countDue(new Date(now), realNow);
			await store.applyMany([step(1, [timer('a', 10), timer('b', 20)]), step(2, [timer('a', 10)])]);
			expect([await count(9), await count(10), await count(20)]).toEqual([0, 2, 3]);
			const [first, second] = await claim(10);
			expect(await count(10)).toBe(2);
			if (first === undefined || second === undefined) throw new Error('two timers are due');
			await store.settle([
				{ timer: first, kind: 'done' },
				{ timer: second, kind: 'failed', notBefore: 500 },
			]);
			expect([await count(10, 499), await count(10, 500)]).toEqual([0, 1]);
		});

		it('tells since when the timer is due that is due longest, back-offs included', async () => {
			const oldest = async (now: number) => (await store.oldestDue(new Date(now)))?.getTime();
			expect(await oldest(100)).toBeUndefined();
			await store.applyMany([step(1, [timer('a', 30), { ...timer('b', 20), proved: false }]), step(2, [timer('a', 10)])]);
			expect([await oldest(9), await oldest(10), await oldest(30)]).toEqual([undefined, 10, 10]);
			const [first] = await claim(10);
			if (first === undefined) throw new Error('a timer is due');
			expect(await oldest(30)).toBe(10);
			await store.settle([{ timer: first, kind: 'failed', notBefore: 500 }]);
			expect(await oldest(30)).toBe(10);
			await claim(30, { realNow: 500, limit: 1 });
			await store.settle([{ timer: { ...first, leaseUntil: first.leaseUntil }, kind: 'done' }]);
			await store.applyMany([{ kind: 'end', notificationId: 2, revision: 1 }]);
			expect([await oldest(19), await oldest(25)]).toEqual([undefined, 20]);
		});

		it('tells when timers were set', async () => {
			let told = 0;
			const end = store.onScheduled(() => told++);
			await store.applyMany([step(1, [timer('a', 10)])]);
			expect(told).toBeGreaterThan(0);
			end();
			told = 0;
			await store.applyMany([step(2, [timer('a', 10)])]);
			expect(told).toBe(0);
		});

		it('never leases a timer twice, however many ask at once', async () => {
			await store.applyMany(Array.from({ length: 50 }, (_, index) => step(index + 1, [timer('a', 10), timer('b', 10)])));
			const claims = await Promise.all(Array.from({ length: 8 }, (_, index) => claim(10, { owner: `o${index}`, limit: 20 })));
			const ids = claims.flat().map((one) => one.notificationId);
			expect(ids).toHaveLength(50);
			expect(new Set(ids).size).toBe(50);
		});
	});
}

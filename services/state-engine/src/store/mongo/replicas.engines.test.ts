import { type MongoDatabase, openMongo } from '@fefaent/store-kit/mongo';
import { eventually, mongoTestDatabase } from '@fefaent/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StateEngineStore } from '../port.ts';
import { openMongoStateEngineStore } from './store.ts';

let database: ReturnType<typeof mongoTestDatabase>;
beforeEach(() => {
	database = mongoTestDatabase();
});
afterEach(() => database.drop());

async function open(owner: string): Promise<StateEngineStore> {
	const onError = (error: unknown, where: string) => {
		throw new Error(where, { cause: error });
	};
	const store = openMongoStateEngineStore({ ...database.options, owner, onError });
	await store.prepare();
	await store.join();
	return store;
}

/** Instances whose only timer is due. */
async function add(store: StateEngineStore, count: number): Promise<void> {
	const timer = { kind: 'a', dueAt: new Date(10), proved: true, attempts: 0, traceparent: undefined };
	const position = { state: '"entered"', facts: { receivedAt: 1_000, expiryDays: 10, reminder: true } };
	const common = { workflow: 'enotum', workflowVersion: 1, position, notificationVersion: 1, revision: 1 };
	const instances = Array.from({ length: count }, (_, notificationId) => ({ notificationId, ...common }));
	await store.applyMany(instances.map((instance) => ({ kind: 'step', instance, cancel: [], schedule: [timer] })));
}

const claim = (store: StateEngineStore, owner: string, limit = 100) =>
	store.claimDue({ now: new Date(10), realNow: 100, proved: true, except: [], owner, leaseUntil: 1e12, limit });

test('a replica that is not at work yet takes no part of the queue from those that are', async () => {
	const one = await open('one');
	const waiting = openMongoStateEngineStore({ ...database.options, owner: 'waiting', onError: () => {} });
	await waiting.prepare();
	await add(one, 32);
	const db = openMongo({ ...database.options, name: 'state-engine', migrations: [] });
	expect(await db.connection.collection('leases').distinct('owner', { _id: { $gt: '' } } as never)).toEqual(['one']);
	expect(await claim(waiting, 'waiting')).toEqual([]);
	expect(await claim(one, 'one')).toHaveLength(32);
	for (const store of [one, waiting, db]) await store.close();
});

test('what a replica had begun that was killed is taken over by another, long before the leases end', async () => {
	const one = await open('one');
	await add(one, 4);
	expect(await claim(one, 'one')).toHaveLength(4);
	await one.close();
	// As the killed one leaves it, who cannot take itself off.
	const db: MongoDatabase = openMongo({ ...database.options, name: 'state-engine', migrations: [] });
	await db.connection.collection('leases').insertOne({ _id: 'timers/members/one', owner: 'one', until: new Date(0) } as never);
	await db.close();
	const two = await open('two');
	let woken = 0;
	two.onScheduled(() => woken++);
	expect(await claim(two, 'two')).toEqual([]);
	woken = 0;
	await eventually(() => woken > 0, { timeoutMs: 60_000 });
	expect(await claim(two, 'two')).toHaveLength(4);
	await two.close();
}, 90_000);

test('a replica that leaves gives its part of the queue over at once, and still settles what it has begun', async () => {
	const one = await open('one');
	await add(one, 32);
	const begun = await claim(one, 'one', 4);
	expect(begun).toHaveLength(4);
	const two = await open('two');
	await one.leave();
	expect(await claim(one, 'one', 100)).toEqual([]);
	const taken: number[] = [];
	await eventually(
		async () => {
			taken.push(...(await claim(two, 'two', 100)).map(({ notificationId }) => notificationId));
			return taken.length === 28;
		},
		{ timeoutMs: 10_000 },
	);
	await one.settle(begun.map((own) => ({ timer: own, kind: 'done' })));
	const left = await two.getMany(begun.map(({ notificationId }) => notificationId));
	expect(left.flatMap((instance) => instance?.timers ?? [])).toEqual([]);
	for (const store of [one, two]) await store.close();
});

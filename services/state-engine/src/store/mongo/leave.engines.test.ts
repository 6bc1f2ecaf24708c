import { eventually, mongoTestDatabase } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { openMongoStateEngineStore } from './store.ts';

test('a replica that leaves gives its part of the queue over at once, and still settles what it has begun', async () => {
	const database = mongoTestDatabase();
	const onError = (error: unknown, where: string) => {
		throw new Error(where, { cause: error });
	};
	const open = async (owner: string) => {
		const store = openMongoStateEngineStore({ ...database.options, owner, onError });
		await store.prepare();
		return store;
	};
	const one = await open('one');
	const timer = { kind: 'a', dueAt: new Date(10), proved: true, attempts: 0, traceparent: undefined };
	const position = { state: '"entered"', facts: { receivedAt: 1_000, expiryDays: 10, reminder: true } };
	const common = { workflow: 'enotum', workflowVersion: 1, position, notificationVersion: 1, revision: 1 };
	await one.applyMany(
		Array.from({ length: 32 }, (_, id) => ({
			kind: 'step' as const,
			instance: { notificationId: id, ...common },
			cancel: [],
			schedule: [timer],
		})),
	);
	const claim = (store: typeof one, owner: string, limit: number) =>
		store.claimDue({ now: new Date(10), realNow: 100, proved: true, except: [], owner, leaseUntil: 1e12, limit });
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
	await database.drop();
});

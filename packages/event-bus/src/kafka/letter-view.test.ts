import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import type { Cluster } from './cluster.ts';
import { LetterView } from './letter-view.ts';
import { letterRecord } from './wire.ts';

const subscription = { topic: 't', group: 'g' };

/** A view on a cluster whose answers, and a consumer whose fetches, the test makes up. */
async function viewOn(cluster: Pick<Cluster, 'bounds' | 'leader'>) {
	const heard = new Map<string, (event: { payload: object }) => void>();
	const running = Promise.withResolvers<(payload: EachBatchPayload) => Promise<void>>();
	const consumer = {
		events: { CRASH: 'crash', GROUP_JOIN: 'join', REBALANCING: 'rebalancing', FETCH: 'fetch', START_BATCH_PROCESS: 'batch' },
		on: (name: string, listener: (event: { payload: object }) => void) => void heard.set(name, listener),
		connect: async () => {},
		subscribe: async () => {},
		run: async ({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }) => running.resolve(eachBatch),
		disconnect: async () => {},
		seek: () => {},
	} as unknown as Consumer;
	const kafka = { consumer: () => consumer } as unknown as Kafka;
	const errors: unknown[] = [];
	const view = new LetterView({
		...{ kafka, group: 'view', subscriptions: [subscription], maxWaitMs: 10 },
		cluster: cluster as Cluster,
		onError: (error) => errors.push(error),
	});
	onTestFinished(() => view.close());
	const fetched = (nodeId: number, times: number) => {
		for (let time = 0; time < times; time++) heard.get('fetch')?.({ payload: { nodeId } });
	};
	const letter = async (at: number) => {
		const message = { id: `m${at}`, topic: 't', key: 'k', type: 'x', at: new Date(0), headers: {}, body: Buffer.from('1'), offset: at };
		const { key, value, headers } = letterRecord(
			{ message, reason: 'r', attempts: 1, diedAt: new Date(0), history: [] },
			{ life: 0, partition: 0, offset: at },
		);
		const record = { key: Buffer.from(String(key)), value, headers, offset: String(at) };
		const batch = { topic: 't.g.dlq', partition: 0, messages: [record], fetchedOffset: String(at), lastOffset: () => String(at) };
		await (await running.promise)({ batch, resolveOffset: () => {} } as unknown as EachBatchPayload);
	};
	return { view, running: running.promise, fetched, letter, errors };
}

/** Whether a promise is settled once everything that is under way was done. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	const turn = new Promise((resolve) => setTimeout(resolve, 20, 'turn'));
	return (await Promise.race([promise, turn])) !== 'turn';
}

test('a topic is read only when the broker that leads it says so, however often others answer before', async () => {
	const { view, running, fetched, letter } = await viewOn({
		bounds: async () => new Map([[0, { low: 0, high: 5 }]]),
		leader: async () => 2,
	});
	const count = view.count(subscription);
	await running;
	fetched(1, 100);
	expect(await isSettled(count)).toBe(false);
	await letter(0);
	await letter(1);
	fetched(1, 100);
	fetched(2, 8);
	expect(await isSettled(count)).toBe(false);
	// Two to four were compacted away: a few fetches of its leader bring nothing more.
	fetched(2, 1);
	expect(await count).toBe(2);
});

test('a leader that has changed meanwhile is believed no more', async () => {
	let leader = 1;
	const { view, running, fetched, letter } = await viewOn({
		bounds: async () => new Map([[0, { low: 0, high: 2 }]]),
		leader: async () => leader,
	});
	const count = view.count(subscription);
	await running;
	await expect.poll(() => isSettled(count)).toBe(false);
	leader = 2;
	fetched(1, 9);
	expect(await isSettled(count)).toBe(false);
	fetched(1, 100);
	expect(await isSettled(count)).toBe(false);
	await letter(0);
	await letter(1);
	expect(await count).toBe(2);
});

import type { Admin, Kafka } from 'kafkajs';
import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';

/** Admin clients whose questions about a topic end when the test says so, and fail when their connection was closed before. */
function adminClients() {
	const made: { closed: boolean }[] = [];
	const asked = new Map<string, PromiseWithResolvers<void>>();
	const admin = () => {
		const self = { closed: false };
		made.push(self);
		return {
			connect: async () => {},
			disconnect: async () => {
				self.closed = true;
			},
			fetchTopicOffsets: async (topic: string) => {
				const answer = Promise.withResolvers<void>();
				asked.set(topic, answer);
				await answer.promise;
				if (self.closed) throw new Error('the connection is closed');
				return [{ partition: 0, offset: '2', low: '1', high: '2' }];
			},
		} as unknown as Admin;
	};
	return { kafka: { admin } as Kafka, made, asked };
}

test('a question that fails leaves those under way their connection, which is let go of after them, and the next one gets another', async () => {
	const { kafka, made, asked } = adminClients();
	const cluster = new Cluster(kafka);
	const failing = cluster.bounds('failing');
	const other = cluster.bounds('other');
	await expect.poll(() => asked.size).toBe(2);
	asked.get('failing')?.reject(new Error('struck'));
	await expect(failing).rejects.toThrow('struck');
	const next = cluster.bounds('next');
	await expect.poll(() => asked.size).toBe(3);
	expect(made).toEqual([{ closed: false }, { closed: false }]);
	asked.get('other')?.resolve();
	expect(await other).toEqual(new Map([[0, { low: 1, high: 2 }]]));
	await expect.poll(() => made).toEqual([{ closed: true }, { closed: false }]);
	asked.get('next')?.resolve();
	await next;
	await cluster.close();
	expect(made).toEqual([{ closed: true }, { closed: true }]);
});

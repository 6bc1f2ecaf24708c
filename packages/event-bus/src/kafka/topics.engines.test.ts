import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kafkaClient } from './connection.ts';

import { checkTopics, migrateTopics, type TopicsOptions, wantedTopics } from './topics.ts';

describe('topics', () => {
	let options: TopicsOptions;
	beforeEach(() => {
		options = {
			connection: { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'fefaent-test' },
			topics: [{ name: `topics.${randomUUID()}`, groups: ['g', 'h'] }],
			partitions: 3,
			replicationFactor: 1,
			retentionMs: 86_400_000,
			minInsyncReplicas: 1,
		};
	});
	afterEach(async () => {
		const admin = kafkaClient(options.connection).admin();
		await admin.connect();
		const existing = await admin.listTopics();
		await admin.deleteTopics({ topics: wantedTopics(options).flatMap(({ topic }) => (existing.includes(topic) ? [topic] : [])) });
		await admin.disconnect();
	});

	test('are made once, with those for retries and dead letters; what differs is told and left alone', async () => {
		const name = options.topics[0]?.name ?? '';
		await expect(checkTopics(options)).rejects.toMatchObject({
			reason: 'BUS_TOPICS_MISSING',
			message: expect.stringContaining(`${name}.g.dlq`),
		});
		const made = await migrateTopics(options);
		expect([...made.created].sort()).toEqual([name, `${name}.g.dlq`, `${name}.g.retry`, `${name}.h.dlq`, `${name}.h.retry`]);
		expect(made.differences).toEqual([]);
		expect(await checkTopics(options)).toEqual([]);
		expect(await migrateTopics(options)).toEqual({ created: [], differences: [] });
		const other = { ...options, partitions: 5, retentionMs: 1000, topics: [{ name, groups: [] }] };
		const differences = [`${name}: partitions is 3, wanted 5`, `${name}: retention.ms is 86400000, wanted 1000`];
		expect(await migrateTopics(other)).toEqual({ created: [], differences });
		expect(await checkTopics(other)).toEqual(differences);
	});

	test('two migrations at once are one', async () => {
		await Promise.all([migrateTopics(options), migrateTopics(options)]);
		expect(await checkTopics(options)).toEqual([]);
	});
});

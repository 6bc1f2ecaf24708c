import { randomUUID } from 'node:crypto';
import { systemClock, uuidv7 } from '@fefaent/kernel';
import { expect, test } from 'vitest';
import { eventually } from '../conformance/kit.ts';
import { kafkaClient } from './connection.ts';
import { namespacedTopics, openKafkaBus } from './index.ts';
import { kafkaTestTopics } from './testing.ts';

test('with a prefix every group and topic on the cluster is under it, that of the dead letters too, and none is told with it', async () => {
	const id = randomUUID();
	const prefix = `installation.${id}.`;
	const plan = [{ name: 'topic', groups: ['g'] }];
	const world = kafkaTestTopics();
	await world.make(namespacedTopics(prefix, plan), 1);
	const { topics: _, connection, ...times } = world.options();
	const clientId = `test-${id}`;
	const bus = openKafkaBus({ ...times, connection: { ...connection, clientId }, topics: plan, prefix, clock: systemClock });
	const admin = kafkaClient(connection).admin();
	await admin.connect();
	try {
		bus.follow({ topics: ['topic'], group: 'g', handle: async (batch) => batch.map(() => ({ kind: 'dead', reason: 'broken' })) });
		const at = new Date();
		await bus.publish([{ id: uuidv7(at), topic: 'topic', key: 'k', type: 'x', at, headers: {}, body: Buffer.from('1') }]);
		await eventually('the death', async () => (await bus.lag())[0]?.dead === 1, 20_000);
		expect((await bus.deadLetters()).map(({ topic, group }) => [topic, group])).toEqual([['topic', 'g']]);
		expect(await bus.lag()).toEqual([{ topic: 'topic', group: 'g', pending: 0, dead: 1 }]);
		const { groups } = await admin.listGroups();
		const own = groups.map(({ groupId }) => groupId).filter((name) => name.includes(id));
		expect(own.filter((name) => !name.startsWith(prefix))).toEqual([]);
		expect(own.map((name) => name.slice(prefix.length)).sort()).toEqual(['g', expect.stringMatching(/^test-.*\.dead-letters\./)]);
		const topics = (await admin.listTopics()).filter((name) => name.includes(id));
		expect(topics.filter((name) => !name.startsWith(prefix))).toEqual([]);
		expect(await bus.redrive({ topic: 'topic', group: 'g' })).toBe(1);
	} finally {
		await bus.close();
		await admin.disconnect();
		await world.remove();
	}
});

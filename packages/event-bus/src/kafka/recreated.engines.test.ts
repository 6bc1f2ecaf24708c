import { randomUUID } from 'node:crypto';
import { systemClock, uuidv7 } from '@fefaent/kernel';
import type { Admin } from 'kafkajs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allDone, eventually, quick, text } from '../conformance/kit.ts';
import { kafkaClient } from './connection.ts';
import { type KafkaBus, openKafkaBus } from './index.ts';
import { type KafkaTestTopics, kafkaTestTopics } from './testing.ts';

let world: KafkaTestTopics;
let topic: string;
let bus: KafkaBus;
let admin: Admin;
let errors: string[];

beforeEach(async () => {
	world = kafkaTestTopics();
	topic = `recreated.${randomUUID()}`;
	errors = [];
	await world.make([{ name: topic, groups: ['g'] }], 1);
	bus = openKafkaBus({ ...world.options(), clock: systemClock, onError: (error, where) => errors.push(`${where}: ${error}`) });
	admin = kafkaClient(world.options().connection).admin();
	await admin.connect();
});
afterEach(async () => {
	await bus.close();
	await admin.disconnect();
	await world.remove();
});

const publish = async (...bodies: readonly string[]) => {
	const at = new Date();
	await bus.publish(bodies.map((body) => ({ id: uuidv7(at), topic, key: body, type: 'x', at, headers: {}, body: Buffer.from(body) })));
};
/** Makes the topic anew, empty, faster than its follower notices. */
const remake = async () => {
	await admin.deleteTopics({ topics: [topic] });
	const again = async () => await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] }).catch(() => false);
	await eventually('the topic, anew', again);
};

test.each([
	['fewer messages than were read', 3],
	['more messages than were read', 12],
])('a topic that is made anew under a follower, with %s, is followed from its beginning without a restart', async (_, count) => {
	const got: string[] = [];
	bus.follow({
		...{ topics: [topic], group: 'g', retry: quick(3) },
		handle: async (batch) => {
			got.push(...batch.map(text));
			return allDone(batch);
		},
	});
	await publish(...Array.from({ length: 10 }, (_, index) => `old ${index}`));
	await eventually('the old ones', async () => got.length === 10 && (await bus.lag())[0]?.pending === 0, 20_000);
	await remake();
	// The client has noticed: it was told that what it asked for is out of range, or lost its topic and began again.
	const restOf = async () => (await admin.fetchOffsets({ groupId: 'g', topics: [topic] }))[0]?.partitions[0]?.offset;
	await eventually('the end of the old offsets', async () => Number(await restOf()) < 0, 20_000);
	const wanted = Array.from({ length: count }, (_, index) => `new ${index}`);
	await publish(...wanted);
	await eventually('the new ones', () => got.length >= 10 + count, 20_000);
	expect(got.slice(10).sort()).toEqual(wanted.sort());
	await eventually('their end', async () => (await bus.lag())[0]?.pending === 0);
	await eventually('their commit', async () => (await restOf()) === String(count));
	expect(errors.filter((one) => one.includes('was made anew')).length).toBe(1);
});

import { randomBytes, randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock, uuidv7 } from '@fefaent/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allDone, eventually } from '../conformance/kit.ts';
import { type KafkaBus, openKafkaBus } from './index.ts';
import { type KafkaTestTopics, kafkaTestTopics } from './testing.ts';

const bodyBytes = 20_000;
/** Three steps of a redrive. */
const total = 600;

let world: KafkaTestTopics;
let topic: string;
let buses: KafkaBus[];

const open = () => {
	const bus = openKafkaBus({ ...world.options(), clock: systemClock, onError: () => {} });
	buses.push(bus);
	return bus;
};
const dead = async (bus: KafkaBus) => (await bus.lag())[0]?.dead;

/** Has every message die that a bus publishes. Five keys, in the order of their numbers. */
async function bury(): Promise<void> {
	const bus = open();
	const following = bus.follow({
		...{ topics: [topic], group: 'g' },
		handle: async (batch) => batch.map(() => ({ kind: 'dead', reason: 'broken' })),
	});
	for (let from = 0; from < total; from += 50) {
		await bus.publish(
			Array.from({ length: 50 }, (_, index) => {
				const at = new Date();
				const body = Buffer.concat([Buffer.from(`${from + index}:`), randomBytes(bodyBytes)]);
				return { id: uuidv7(at), topic, key: `k${index % 5}`, type: 'x', at, headers: {}, body };
			}),
		);
	}
	await eventually('their death', async () => (await bus.lag())[0]?.pending === 0 && (await dead(bus)) === total, 60_000);
	await following.stop();
	await bus.close();
}

const numberOf = (message: { readonly body: Uint8Array }) => Number(Buffer.from(message.body).toString('latin1').split(':', 1)[0]);

function memory(): number {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	collect();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return heapUsed + arrayBuffers;
}

beforeEach(async () => {
	world = kafkaTestTopics();
	topic = `letters.${randomUUID()}`;
	buses = [];
	await world.make([{ name: topic, groups: ['g'] }], 2);
});
afterEach(async () => {
	await Promise.all(buses.map((bus) => bus.close()));
	await world.remove();
});

test('letters are counted without being kept, listed whole and in order, and redriven in order in steps', {
	timeout: 120_000,
}, async () => {
	await bury();
	const bus = open();
	// What the other bus left behind goes in its own time.
	let before = memory();
	for (let least = Number.POSITIVE_INFINITY; before < least - 100_000; before = memory()) {
		least = before;
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	expect(await dead(bus)).toBe(total);
	await eventually('little memory', () => memory() - before < (total * bodyBytes) / 3, 20_000);

	const lists = await Promise.all([bus.deadLetters({ limit: 30 }), bus.deadLetters({ group: 'g', limit: 5 }), dead(bus)]);
	expect(lists.slice(0, 2).map((letters) => (letters as readonly unknown[]).length)).toEqual([30, 5]);
	expect(lists[2]).toBe(total);
	const letters = await bus.deadLetters({ limit: total + 1 });
	expect(letters.length).toBe(total);
	expect(letters.every(({ body }) => body.length > bodyBytes)).toBe(true);
	const died = letters.map(({ diedAt }) => diedAt.getTime());
	expect(died).toEqual(died.toSorted((one, two) => one - two));

	const numbers = new Map<string, number[]>();
	bus.follow({
		...{ topics: [topic], group: 'g' },
		handle: async (batch) => {
			for (const one of batch) numbers.set(one.key, [...(numbers.get(one.key) ?? []), numberOf(one)]);
			return allDone(batch);
		},
	});
	const chosen = letters[7];
	expect(await bus.redrive({ ids: [chosen?.id ?? ''] })).toBe(1);
	await eventually('the chosen one', () => [...numbers.values()].flat().length === 1, 20_000);
	expect(numbers.get(chosen?.key ?? '')).toEqual([numberOf(chosen ?? { body: Buffer.from('') })]);
	numbers.clear();
	expect(await bus.redrive({ group: 'g' })).toBe(total - 1);
	await eventually('all', () => [...numbers.values()].flat().length === total - 1, 30_000);
	for (const some of numbers.values()) expect(some).toEqual(some.toSorted((one, two) => one - two));
	expect(await dead(bus)).toBe(0);
	expect(await bus.deadLetters()).toEqual([]);
});

import { randomBytes, randomUUID } from 'node:crypto';
import { armCrashpoints, systemClock, uuidv7 } from '@fefaent/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allDone, eventually, quick, text } from '../conformance/kit.ts';
import type { BusMessage, Delivery } from '../port.ts';
import { type KafkaBus, openKafkaBus } from './index.ts';
import { type KafkaTestTopics, kafkaTestTopics } from './testing.ts';

describe('the bus on Kafka', () => {
	let world: KafkaTestTopics;
	let topic: string;
	let group: string;
	let buses: KafkaBus[];
	let errors: string[];

	const open = () => {
		const bus = openKafkaBus({ ...world.options(), clock: systemClock, onError: (error, where) => errors.push(`${where}: ${error}`) });
		buses.push(bus);
		return bus;
	};
	const message = (body: string): BusMessage => {
		const at = new Date();
		return { id: uuidv7(at), topic, key: body.split(':')[0] ?? '', type: 'x', at, headers: {}, body: Buffer.from(body) };
	};
	const atRest = (bus: KafkaBus) => eventually('rest', async () => (await bus.lag())[0]?.pending === 0, 15_000);
	const make = async (partitions: number) => await world.make([{ name: topic, groups: [group] }], partitions);

	beforeEach(() => {
		world = kafkaTestTopics();
		topic = `bus.${randomUUID()}`;
		group = `g.${topic}`;
		buses = [];
		errors = [];
	});
	afterEach(async () => {
		armCrashpoints(undefined);
		await Promise.all(buses.map((bus) => bus.close()));
		await world.remove();
	});

	test('two buses share a group under load: all is handled, in the order of each key, and little of it twice', async () => {
		await make(6);
		const handled: { readonly by: number; readonly what: string }[] = [];
		const follow = (bus: KafkaBus, by: number) =>
			bus.follow({
				topics: [topic],
				group,
				maxBatch: 20,
				handle: async (batch) => {
					await new Promise((resolve) => setTimeout(resolve, 2));
					for (const one of batch) handled.push({ by, what: text(one) });
					return allDone(batch);
				},
			});
		const [first, second] = [open(), open()];
		follow(first, 1);
		const published: string[] = [];
		const publish = async (count: number) => {
			for (let call = 0; call < count; call++) {
				const texts = Array.from({ length: 50 }, (_, index) => `k${(published.length + index) % 60}:${published.length + index}`);
				await first.publish(texts.map(message));
				published.push(...texts);
			}
		};
		await publish(10);
		await eventually('the first at work', () => handled.length > 200);
		let joined = false;
		const load = (async () => {
			while (!joined) await publish(1);
			await publish(20);
		})();
		const other = follow(second, 2);
		await eventually('the second at work', () => handled.some(({ by }) => by === 2));
		joined = true;
		await load;
		await other.stop();
		await publish(5);
		await atRest(first);

		expect(new Set(handled.map(({ what }) => what))).toEqual(new Set(published));
		for (const by of [1, 2]) {
			const last = new Map<string, number>();
			const seen = new Set<string>();
			for (const { what } of handled.filter((one) => one.by === by)) {
				const [key = '', number] = what.split(':');
				// What is repeated after a rebalance is repeated in order; what is new to this consumer comes in order too.
				if (!seen.has(what)) expect(Number(number)).toBeGreaterThan(last.get(key) ?? -1);
				if (!seen.has(what)) last.set(key, Number(number));
				seen.add(what);
			}
		}
		const repeated = handled.length - published.length;
		// What was under way when a partition moved: twice, at most two batches.
		expect(repeated).toBeLessThanOrEqual(80);
		// A broker that has just started says so, and is asked again.
		expect(errors.filter((text) => !/coordinator is loading/.test(text))).toEqual([]);
	});

	test('through a rebalance, what a group is done with does not come again, wherever its partition goes', async () => {
		await make(2);
		const counts = new Map<string, number>();
		const members = new Set<number>();
		let holdBack = true;
		const follow = (bus: KafkaBus, by: number) =>
			bus.follow({
				topics: [topic],
				group,
				retry: quick(Number.POSITIVE_INFINITY),
				handle: async (batch) =>
					batch.map((one) => {
						members.add(by);
						if (text(one).startsWith('stuck') && holdBack) return { kind: 'retry', reason: 'not yet' };
						counts.set(text(one), (counts.get(text(one)) ?? 0) + 1);
						return { kind: 'done' };
					}),
			});
		const [first, second] = [open(), open()];
		follow(first, 1);
		const keys = ['stuck0', 'stuck1', 'stuck2', 'stuck3', ...Array.from({ length: 40 }, (_, index) => `k${index}`)];
		await first.publish(keys.map((key) => message(`${key}:1`)));
		await eventually('all but the stuck ones', async () => counts.size === 40 && (await first.lag())[0]?.pending === 4);
		await eventually('their commit', async () => (await second.lag())[0]?.pending === 4);
		// The stuck ones of the partition that moves are tried by the second.
		follow(second, 2);
		await eventually('the second at work', () => members.has(2));
		await first.publish(keys.map((key) => message(`${key}:2`)));
		await eventually('the second round', () => counts.size === 80);
		holdBack = false;
		await eventually('all', () => counts.size === 88);
		expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
	});

	test('memory is bounded by the look-ahead, and a stuck key holds back no other key of its partition', async () => {
		await make(1);
		const bus = open();
		const total = 6000;
		for (let from = 0; from < total; from += 200) {
			await bus.publish(
				Array.from({ length: 200 }, (_, index) => {
					const body = `k${(from + index) % 500}:${from + index}`;
					return { ...message(body), headers: { random: randomBytes(500).toString('hex') } };
				}),
			);
		}
		let isOpen = false;
		let mostHeld = 0;
		const done = new Set<string>();
		const following = bus.follow({
			topics: [topic],
			group,
			maxBatch: 50,
			maxInFlight: 2,
			lookAhead: 300,
			retry: quick(Number.POSITIVE_INFINITY),
			handle: async (batch) => {
				await new Promise((resolve) => setTimeout(resolve, 2));
				mostHeld = Math.max(mostHeld, following.held);
				return batch.map((one) => {
					if (text(one) === 'k0:0' && !isOpen) return { kind: 'retry', reason: 'closed' };
					done.add(text(one));
					return { kind: 'done' };
				});
			},
		});
		// Of k0 there are 12 messages, the first of which is stuck.
		await eventually('all other keys', () => done.size === total - 12, 15_000);
		expect((await bus.lag())[0]?.pending).toBe(12);
		// Look-ahead and buffer of 300 each, and a fetch of a quarter of a megabyte, or a batch of 200.
		expect(mostHeld).toBeGreaterThan(300);
		expect(mostHeld).toBeLessThan(300 + 300 + 600);
		isOpen = true;
		await atRest(bus);
		expect(done.size).toBe(total);
	});

	test('what was done ahead of a stuck message is not delivered again after a restart', async () => {
		await make(1);
		let bus = open();
		bus.follow({
			topics: [topic],
			group,
			retry: { ...quick(9), firstMs: 60_000, maxMs: 60_000 },
			handle: async (batch) => batch.map((one) => (text(one) === 'a:0' ? { kind: 'retry', reason: 'later' } : { kind: 'done' })),
		});
		await bus.publish(['a:0', 'b:1', 'c:2', 'a:3', 'b:4'].map(message));
		await eventually('the others', async () => (await bus.lag())[0]?.pending === 2);
		await bus.close();
		bus = open();
		expect(await bus.lag()).toEqual([{ topic, group, pending: 2, dead: 0 }]);
		const again: string[] = [];
		bus.follow({
			topics: [topic],
			group,
			handle: async (batch) => {
				again.push(...batch.map(text));
				return allDone(batch);
			},
		});
		await atRest(bus);
		expect(again).toEqual(['a:0', 'a:3']);
	});

	test('a message that dies again while its redrive is being recorded is not forgotten', async () => {
		await make(1);
		const bus = open();
		const deliveries: Delivery[] = [];
		bus.follow({
			topics: [topic],
			group,
			handle: async (batch) => {
				deliveries.push(...batch);
				return batch.map(() => ({ kind: 'dead', reason: 'broken' }));
			},
		});
		await bus.publish([message('a:1')]);
		await eventually('its death', async () => (await bus.lag())[0]?.dead === 1);
		const second = Promise.withResolvers<void>();
		let buried = 0;
		armCrashpoints((name) => {
			if (name === 'bus.dead-letter.after-write' && ++buried === 1) second.resolve();
			// The tombstone waits until the second death is written.
			return name === 'bus.redrive.published' ? second.promise : undefined;
		});
		expect(await bus.redrive({ group })).toBe(1);
		armCrashpoints(undefined);
		const letters = await bus.deadLetters({ group });
		expect(letters.map(({ attempts, history }) => [attempts, history.length])).toEqual([[2, 2]]);
		expect(deliveries.map(({ offset }) => offset)).toEqual([0, 0]);
		expect((await bus.lag())[0]).toEqual({ topic, group, pending: 0, dead: 1 });
	});

	test('a redrive cut off between its two writes may repeat, but loses nothing', async () => {
		await make(1);
		const bus = open();
		const done: string[] = [];
		let healed = false;
		bus.follow({
			topics: [topic],
			group,
			handle: async (batch) =>
				batch.map((one) => {
					if (!healed) return { kind: 'dead', reason: 'broken' };
					done.push(text(one));
					return { kind: 'done' };
				}),
		});
		await bus.publish([message('a:1')]);
		await eventually('its death', async () => (await bus.lag())[0]?.dead === 1);
		healed = true;
		armCrashpoints((name) => {
			if (name === 'bus.redrive.published') throw new Error('struck');
		});
		await expect(bus.redrive()).rejects.toThrow('struck');
		armCrashpoints(undefined);
		expect(await bus.redrive()).toBe(1);
		await atRest(bus);
		expect(new Set(done)).toEqual(new Set(['a:1']));
		expect((await bus.lag())[0]?.dead).toBe(0);
	});

	test('publishes that arrive together go together, each answered for itself', async () => {
		await make(3);
		const bus = open();
		const texts: string[] = [];
		bus.follow({
			topics: [topic],
			group,
			handle: async (batch) => {
				texts.push(...batch.map(text));
				return allDone(batch);
			},
		});
		await Promise.all(Array.from({ length: 300 }, (_, index) => bus.publish([message(`k${index % 7}:${index}`)])));
		await expect(bus.publish([{ ...message('big:1'), body: Buffer.alloc(3_000_000, 'x0f9') }])).resolves.toBeUndefined();
		await eventually('all', () => texts.length === 301);
		for (let key = 0; key < 7; key++) {
			const ofKey = texts.filter((one) => one.startsWith(`k${key}:`)).map((one) => Number(one.split(':')[1]));
			expect(ofKey).toEqual([...ofKey].sort((one, two) => one - two));
		}
	});

	test('a publish that the cluster refuses is rejected, and the next one goes through', async () => {
		await make(1);
		const bus = openKafkaBus({ ...world.options(), clock: systemClock, compression: 'none' });
		buses.push(bus);
		await expect(bus.publish([{ ...message('big:1'), body: Buffer.alloc(3_000_000) }])).rejects.toThrow();
		await bus.publish([message('a:1')]);
		expect((await bus.lag())[0]?.pending).toBe(1);
		await bus.ping();
	});

	test('nobody there: ping says so soon, and close does not wait for ever', async () => {
		const bus = openKafkaBus({
			connection: { brokers: ['127.0.0.1:9'], clientId: 'lost', connectTimeoutMs: 200 },
			topics: [],
			clock: systemClock,
			onError: () => {},
		});
		const asked = performance.now();
		await expect(bus.ping()).rejects.toThrow();
		expect(performance.now() - asked).toBeLessThan(30_000);
		await bus.close();
		await make(1);
	});
});

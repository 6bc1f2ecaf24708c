import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, uuidv7 } from '@fefaent/kernel';
import { describe, expect, test } from 'vitest';
import { eventually, quick, text } from '../conformance/kit.ts';
import type { Following } from '../port.ts';
import { type KafkaBus, openKafkaBus } from './index.ts';
import { kafkaTestTopics } from './testing.ts';

describe('members that come and go', () => {
	test('for half a minute under load: all is handled, dead or redriven, and no consumer sees a key out of order', {
		timeout: 180_000,
	}, async () => {
		const world = kafkaTestTopics();
		const topic = `churn.${randomUUID()}`;
		const group = `g.${topic}`;
		await world.make([{ name: topic, groups: [group] }], 8);
		const errors: string[] = [];
		const buses: KafkaBus[] = Array.from({ length: 3 }, () =>
			openKafkaBus({ ...world.options(), clock: systemClock, onError: (error, where) => errors.push(`${where}: ${error}`) }),
		);
		const handled = new Map<string, number>();
		const everDead = new Set<string>();
		const disorders: string[] = [];
		let isSick = true;
		const follow = (bus: KafkaBus): Following => {
			const last = new Map<string, number>();
			const seen = new Set<string>();
			return bus.follow({
				topics: [topic],
				group,
				maxBatch: 30,
				lookAhead: 200,
				retry: quick(3),
				handle: async (batch) => {
					await sleep(3);
					return batch.map((one) => {
						const what = text(one);
						const [key = '', number] = what.split(':');
						if (isSick && Number(number) % 101 === 7) {
							everDead.add(what);
							return { kind: 'dead', reason: 'sick' };
						}
						if (!seen.has(what) && !everDead.has(what)) {
							if (Number(number) < (last.get(key) ?? -1)) disorders.push(what);
							last.set(key, Number(number));
						}
						seen.add(what);
						handled.set(what, (handled.get(what) ?? 0) + 1);
						return { kind: 'done' };
					});
				},
			});
		};
		const followings: (Following | undefined)[] = buses.map(() => undefined);
		const published: string[] = [];
		let isOver = false;
		const load = (async () => {
			while (!isOver) {
				const texts = Array.from({ length: 40 }, (_, index) => `k${(published.length + index) % 300}:${published.length + index}`);
				await buses[0]?.publish(
					texts.map((body) => {
						const at = new Date();
						return { id: uuidv7(at), topic, key: body.split(':')[0] ?? '', type: 'x', at, headers: {}, body: Buffer.from(body) };
					}),
				);
				published.push(...texts);
				await sleep(20);
			}
		})();
		const until = performance.now() + 30_000;
		let changes = 0;
		while (performance.now() < until) {
			const index = Math.floor(Math.random() * buses.length);
			const bus = buses[index];
			const following = followings[index];
			if (following) {
				followings[index] = undefined;
				await following.stop();
			} else if (bus) followings[index] = follow(bus);
			changes++;
			await sleep(Math.random() * 800);
		}
		isOver = true;
		await load;
		for (const [index, bus] of buses.entries()) followings[index] ??= follow(bus);
		const [bus] = buses;
		const atRest = () => eventually('rest', async () => (await bus?.lag())?.[0]?.pending === 0, 60_000);
		await atRest();
		isSick = false;
		await bus?.redrive();
		await atRest();
		await Promise.all(buses.map((one) => one.close()));
		await world.remove();
		expect(published.filter((one) => !handled.has(one))).toEqual([]);
		expect(disorders).toEqual([]);
		expect(errors).toEqual([]);
		const repeated = [...handled.values()].reduce((sum, count) => sum + count - 1, 0);
		process.stdout.write(`${changes} changes, ${published.length} published, ${repeated} repeated\n`);
		// Each change repeats what is under way in the partitions that move, no more.
		expect(repeated).toBeLessThan(changes * 60);
	});
});

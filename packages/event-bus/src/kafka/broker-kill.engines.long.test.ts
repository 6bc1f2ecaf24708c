import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { systemClock, uuidv7 } from '@fefaent/kernel';
import { describe, expect, test } from 'vitest';
import { eventually, quick, text } from '../conformance/kit.ts';
import { openKafkaBus } from './index.ts';
import { kafkaTestTopics } from './testing.ts';

/** A shell command that kills the broker (kill -9) and starts it again. */
const crash = process.env.KAFKA_CRASH;

describe.skipIf(!crash)('a broker killed under load (needs KAFKA_CRASH)', () => {
	test('three times: nothing acknowledged is lost, each key is handled in order, dead letters are kept', { timeout: 300_000 }, async () => {
		const world = kafkaTestTopics();
		const topic = `kill.${randomUUID()}`;
		const group = `g.${topic}`;
		await world.make([{ name: topic, groups: [group] }], 4);
		const bus = openKafkaBus({ ...world.options(), clock: systemClock, onError: () => {} });
		const handled: string[] = [];
		bus.follow({
			topics: [topic],
			group,
			retry: quick(2),
			handle: async (batch) =>
				batch.map((one) => {
					// Some die, and are redriven in the end.
					if (Number(text(one).split(':')[1]) % 97 === 5 && !healed) return { kind: 'dead', reason: 'told to' };
					handled.push(text(one));
					return { kind: 'done' };
				}),
		});
		let healed = false;
		let isOver = false;
		const acknowledged: string[] = [];
		const failures: unknown[] = [];
		// One publisher for each key, each of which goes on with the same message until it is taken: as a relay does.
		const publishers = Array.from({ length: 8 }, async (_, key) => {
			for (let next = 0; !isOver; next += 5) {
				const texts = Array.from({ length: 5 }, (__, index) => `k${key}:${next + index}`);
				const messages = texts.map((body) => {
					const at = new Date();
					return { id: uuidv7(at), topic, key: `k${key}`, type: 'x', at, headers: {}, body: Buffer.from(body) };
				});
				for (let taken = false; !taken; ) {
					await bus.publish(messages).then(
						() => {
							taken = true;
						},
						async (error: unknown) => {
							failures.push(error);
							await new Promise((resolve) => setTimeout(resolve, 200));
						},
					);
				}
				acknowledged.push(...texts);
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		});
		for (let kill = 0; kill < 3; kill++) {
			const before = acknowledged.length;
			await eventually('load', () => acknowledged.length > before + 500, 60_000);
			await promisify(execFile)('bash', ['-c', crash ?? '']);
			const after = acknowledged.length;
			await eventually('publishing again', () => acknowledged.length > after + 200, 60_000);
			const done = handled.length;
			await eventually('handling again', () => handled.length > done + 200, 60_000);
		}
		isOver = true;
		await Promise.all(publishers);
		await eventually('rest', async () => (await bus.lag().catch(() => []))[0]?.pending === 0, 60_000);
		const dead = (await bus.deadLetters({ limit: 100_000 })).map(text);
		const lost = acknowledged.filter((one) => !new Set([...handled, ...dead]).has(one));
		healed = true;
		await bus.redrive();
		await eventually('the dead', async () => (await bus.lag())[0]?.pending === 0, 60_000);
		expect(lost).toEqual([]);
		expect(new Set(handled)).toEqual(new Set(acknowledged));
		for (let key = 0; key < 8; key++) {
			const effects = [...new Set(handled)]
				.filter((one) => one.startsWith(`k${key}:`) && !dead.includes(one))
				.map((one) => Number(one.split(':')[1]));
			expect(effects).toEqual([...effects].sort((one, two) => one - two));
		}
		process.stdout.write(
			`${acknowledged.length} acknowledged, ${failures.length} publishes refused, ${handled.length - new Set(handled).size} handled twice, ${dead.length} dead\n`,
		);
		await bus.close();
		await world.remove();
	});
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armCrashpoints, systemClock } from '@fefaent/kernel';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { eventually, quick, text } from '../conformance/kit.ts';
import { type EventBus, type FollowOptions, openEmbeddedBus } from '../index.ts';

const groups = ['g', 'h'];
const keys = ['a', 'b', 'c', 'd', 'e'];

/** One thing that happens to a bus. `fault` is how the handler fares from then on. */
const step = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('publish' as const),
			keys: fc.array(fc.constantFrom(...keys), { minLength: 1, maxLength: 15 }),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({ kind: fc.constant('fault' as const), fault: fc.constantFrom('none', 'retry', 'reject', 'dead', 'short') }),
	},
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'lost-commits' as const, 'turn' as const, 'redrive' as const) }),
	},
);

afterEach(() => armCrashpoints(undefined));

test('random publishes, faults and restarts: each key of each group whole, in order, nothing lost', { timeout: 60_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), fc.nat({ max: 3 }), async (steps, chance) => {
			const folder = mkdtempSync(join(tmpdir(), 'bus-'));
			const published: string[] = [];
			const done = new Map(groups.map((group) => [group, [] as string[]]));
			const everDead = new Set<string>();
			let fault = 'none';
			let bus = openEmbeddedBus({ path: join(folder, 'bus.db'), clock: systemClock, retentionMs: 3_600_000, onError: () => {} });

			const handle =
				(group: string): FollowOptions['handle'] =>
				async (batch) => {
					if (new Set(batch.map(({ key }) => key)).size !== batch.length) throw new Error('a key came twice in a batch');
					const struck = batch.map((one) => (Number(text(one).split(':')[1]) + one.attempt) % 4 === chance);
					if (fault === 'reject' && struck.includes(true)) throw new Error('told to');
					const outcomes = batch.map((one, index) => {
						if (struck[index] && fault === 'retry') return { kind: 'retry' as const, reason: 'told to' };
						if (struck[index] && fault === 'dead') {
							everDead.add(`${group} ${text(one)}`);
							return { kind: 'dead' as const, reason: 'told to' };
						}
						done.get(group)?.push(text(one));
						return { kind: 'done' as const };
					});
					return fault === 'short' && struck.includes(true) ? outcomes.slice(1) : outcomes;
				};
			const follow = (of: EventBus) => {
				for (const group of groups) {
					const retry = quick(Number.POSITIVE_INFINITY);
					of.follow({
						topics: ['t'],
						group,
						maxBatch: 4,
						maxInFlight: 2,
						lookAhead: 1,
						retry: { ...retry, firstMs: 1, maxMs: 1 },
						handle: handle(group),
					});
				}
			};
			const restart = async () => {
				await bus.close();
				armCrashpoints(undefined);
				bus = openEmbeddedBus({ path: join(folder, 'bus.db'), clock: systemClock, retentionMs: 3_600_000, onError: () => {} });
				follow(bus);
			};
			follow(bus);

			for (const one of steps) {
				if (one.kind === 'publish') {
					const texts = one.keys.map((key, index) => `${key}:${published.length + index}`);
					published.push(...texts);
					await bus.publish(
						texts.map((body) => ({
							id: body,
							topic: 't',
							key: body[0] ?? '',
							type: 'x',
							at: new Date(),
							headers: {},
							body: Buffer.from(body),
						})),
					);
				} else if (one.kind === 'fault') fault = one.fault;
				else if (one.kind === 'restart') await restart();
				else if (one.kind === 'redrive') await bus.redrive({});
				else if (one.kind === 'turn') await new Promise((resolve) => setImmediate(resolve));
				else {
					// As a crash does: what was settled since is not on disk when the next life begins.
					armCrashpoints((name) => {
						if (name === 'bus.offset.before-commit') throw new Error('struck');
					});
					await restart();
				}
			}
			fault = 'none';
			// Each group joins in its own time, and a batch under way may still bring deaths.
			await eventually('rest', async () => {
				if ((await bus.deadLetters()).length > 0) await bus.redrive({});
				const lag = await bus.lag();
				return lag.length === groups.length && lag.every(({ pending, dead }) => pending === 0 && dead === 0);
			});
			await bus.close();
			rmSync(folder, { recursive: true });

			for (const group of groups) {
				const texts = done.get(group) ?? [];
				expect(new Set(texts)).toEqual(new Set(published));
				for (const key of keys) {
					// The first effect of each, as a consumer that recognises repetitions has it; what died and came back is out of order by its nature.
					const effects = [...new Set(texts)].filter((one) => one.startsWith(key) && !everDead.has(`${group} ${one}`));
					expect(effects).toEqual(published.filter((one) => one.startsWith(key) && !everDead.has(`${group} ${one}`)));
				}
			}
		}),
		{ numRuns: 40 },
	);
});

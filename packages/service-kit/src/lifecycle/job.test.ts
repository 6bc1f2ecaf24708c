import { describe, expect, it, onTestFinished } from 'vitest';
import { Call, callStorage } from '../rpc/call.ts';
import { currentCall } from '../rpc/context.ts';
import { type Job, type JobOptions, startJob } from './job.ts';

const hour = 3_600_000;

function job(options: Partial<JobOptions> & Pick<JobOptions, 'run'>): Job {
	const started = startJob({
		name: 'test',
		everyMs: hour,
		onError: (error) => {
			throw error;
		},
		...options,
	});
	onTestFinished(() => started.stop());
	return started;
}

describe('startJob', () => {
	it('runs until idle, then waits', async () => {
		let left = 5;
		let rounds = 0;
		const one = job({
			run: async () => {
				rounds++;
				return --left > 0 ? 'again' : 'idle';
			},
		});
		await expect.poll(() => left).toBe(0);
		await one.settled();
		expect(rounds).toBe(6);
	});

	it('runs again after the interval', async () => {
		let rounds = 0;
		job({
			everyMs: 5,
			run: async () => {
				rounds++;
				return 'idle';
			},
		});
		await expect.poll(() => rounds).toBeGreaterThan(3);
	});

	it('runs when woken by its subscription, until stopped', async () => {
		let wake: () => void = () => {};
		let subscribed = true;
		let rounds = 0;
		const one = job({
			wake: (listener) => {
				wake = listener;
				return () => {
					subscribed = false;
				};
			},
			run: async () => {
				rounds++;
				return 'idle';
			},
		});
		await one.settled();
		const before = rounds;
		wake();
		await expect.poll(() => rounds).toBe(before + 1);
		await one.stop();
		expect(subscribed).toBe(false);
		wake();
		await new Promise((resolve) => setImmediate(resolve));
		expect(rounds).toBe(before + 1);
	});

	it('loses no wake-up that comes during a round, and never overlaps itself', async () => {
		let running = 0;
		let most = 0;
		let rounds = 0;
		const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const one = job({
			run: async () => {
				most = Math.max(most, ++running);
				await gates[rounds++]?.promise;
				running--;
				return 'idle';
			},
		});
		await expect.poll(() => rounds).toBe(1);
		one.wake();
		one.wake();
		gates[0]?.resolve();
		await expect.poll(() => rounds).toBe(2);
		gates[1]?.resolve();
		await one.settled();
		expect(most).toBe(1);
	});

	it('settles after a round that began later', async () => {
		const seen: string[] = [];
		const queue: string[] = [];
		const one = job({
			run: async () => {
				seen.push(...queue.splice(0));
				return 'idle';
			},
		});
		await one.settled();
		queue.push('late');
		await one.settled();
		expect(seen).toEqual(['late']);
	});

	it('repeats a failed round after a back-off that grows, and tells each failure', async () => {
		const errors: unknown[] = [];
		const at: number[] = [];
		const one = job({
			backoff: { firstMs: 10, factor: 4, maxMs: 1_000, jitter: 0 },
			onError: (error) => errors.push(error),
			run: async () => {
				at.push(performance.now());
				if (at.length < 4) throw new Error(`failure ${at.length}`);
				return 'idle';
			},
		});
		one.wake();
		await one.settled();
		expect(errors.map(String)).toEqual(['Error: failure 1', 'Error: failure 2', 'Error: failure 3']);
		const waits = at.slice(1, 4).map((time, index) => time - (at[index] ?? 0));
		expect(waits[0]).toBeGreaterThan(8);
		expect(waits[1]).toBeGreaterThan(38);
		expect(waits[2]).toBeGreaterThan(158);
	});

	it('drains when stopped: the round under way ends, told by its signal, and no other begins', async () => {
		const begun = Promise.withResolvers<void>();
		let rounds = 0;
		let finished = false;
		const one = job({
			run: async (signal) => {
				rounds++;
				begun.resolve();
				await new Promise((resolve) => signal.addEventListener('abort', resolve));
				await new Promise((resolve) => setImmediate(resolve));
				finished = true;
				return 'again';
			},
		});
		await begun.promise;
		await Promise.all([one.stop(), one.stop(), one.settled()]);
		expect(finished).toBe(true);
		expect(rounds).toBe(1);
	});

	it('can be stopped during a back-off', async () => {
		const failed = Promise.withResolvers<void>();
		const one = job({
			backoff: { firstMs: hour, factor: 1, maxMs: hour, jitter: 0 },
			onError: () => failed.resolve(),
			run: async () => {
				throw new Error('always');
			},
		});
		await failed.promise;
		await one.stop();
	});

	it('does not inherit the call that happened to start it', async () => {
		let inside: unknown = 'not run';
		const call = new Call('tester', Date.now() + 1_000, undefined);
		const one = callStorage.run(call, () =>
			job({
				run: async () => {
					inside = currentCall();
					return 'idle';
				},
			}),
		);
		await one.settled();
		expect(inside).toBeUndefined();
	});
});

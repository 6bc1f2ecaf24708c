import { describe, expect, it } from 'vitest';
import { unlessAborted, withDeadline } from './deadline.ts';

const untilAborted = (signal: AbortSignal): Promise<never> =>
	new Promise((_, reject) => {
		if (signal.aborted) reject(signal.reason);
		signal.addEventListener('abort', () => reject(signal.reason));
	});

describe('withDeadline', () => {
	it('lets work be that ends in time', async () => {
		let given: AbortSignal | undefined;
		expect(
			await withDeadline(60_000, async (signal) => {
				given = signal;
				return 7;
			}),
		).toBe(7);
		expect(given?.aborted).toBe(false);
	});

	it.each([20, 0, -5])('aborts after %i ms', async (ms) => {
		await expect(withDeadline(ms, untilAborted)).rejects.toMatchObject({ name: 'TimeoutError' });
	});

	it('ends with the one around it, also when that is over already', async () => {
		const around = new AbortController();
		const work = withDeadline(60_000, untilAborted, around.signal);
		around.abort();
		await expect(work).rejects.toMatchObject({ name: 'TimeoutError' });
		await expect(withDeadline(60_000, untilAborted, around.signal)).rejects.toMatchObject({ name: 'TimeoutError' });
	});
});

describe('unlessAborted', () => {
	it('answers what the work does, or the reason', async () => {
		const ending = new AbortController();
		expect(await unlessAborted(Promise.resolve(1), ending.signal)).toBe(1);
		await expect(unlessAborted(Promise.reject(new Error('own')), ending.signal)).rejects.toThrow('own');
		const waiting = unlessAborted(new Promise(() => {}), ending.signal);
		ending.abort(new Error('over'));
		await expect(waiting).rejects.toThrow('over');
		await expect(unlessAborted(new Promise(() => {}), ending.signal)).rejects.toThrow('over');
	});
});

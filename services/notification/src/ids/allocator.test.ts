import { describe, expect, it } from 'vitest';
import { iunLimit } from '../domain/iun.ts';
import { IdAllocator } from './allocator.ts';

/** A counter like the store's, that answers later. */
function counter(next = 1) {
	const reserved: number[] = [];
	return {
		reserved,
		reserve: async (count: number): Promise<number> => {
			await new Promise((resolve) => setImmediate(resolve));
			reserved.push(next);
			next += count;
			return next - count;
		},
	};
}

describe('IdAllocator', () => {
	it('hands out each id once, whoever asks at the same time', async () => {
		const { reserve, reserved } = counter();
		const ids = new IdAllocator(reserve, 100);
		const taken = await Promise.all(Array.from({ length: 200 }, (_, index) => ids.take((index % 7) + 1)));
		const all = taken.flat();
		expect(new Set(all).size).toBe(all.length);
		expect(taken.map((some) => some.length)).toEqual(Array.from({ length: 200 }, (_, index) => (index % 7) + 1));
		expect(Math.max(...all)).toBeLessThanOrEqual(reserved.length * 100);
		expect(reserved.length).toBeLessThanOrEqual(Math.ceil(all.length / 100) + 2);
	});

	it('takes more than a block at once', async () => {
		const ids = new IdAllocator(counter().reserve, 10);
		expect(await ids.take(25)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
	});

	it('tells a failure of the counter to those who wait for it, and recovers', async () => {
		const { reserve } = counter();
		let broken = true;
		const ids = new IdAllocator((count) => (broken ? Promise.reject(new Error('disk')) : reserve(count)), 10);
		await expect(Promise.all([ids.take(1), ids.take(1)])).rejects.toThrow('disk');
		broken = false;
		expect(await ids.take(1)).toEqual([1]);
	});

	it('ends where codes would repeat', async () => {
		const ids = new IdAllocator(counter(iunLimit - 5).reserve, 10);
		await expect(ids.take(1)).rejects.toMatchObject({ reason: 'IDS_EXHAUSTED' });
	});
});

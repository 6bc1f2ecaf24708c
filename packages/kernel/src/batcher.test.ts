import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { Batcher } from './batcher.ts';

test('items of one turn share a run, and those that come meanwhile share the next', async () => {
	const sizes: number[] = [];
	const gate = Promise.withResolvers<void>();
	const batcher = new Batcher<number, number>(async (items) => {
		sizes.push(items.length);
		if (sizes.length === 1) await gate.promise;
		return items.map((item) => item * 2);
	});
	const first = [1, 2, 3].map((item) => batcher.add(item));
	await new Promise((resolve) => setImmediate(resolve));
	const second = [4, 5].map((item) => batcher.add(item));
	gate.resolve();
	expect(await Promise.all([...first, ...second])).toEqual([2, 4, 6, 8, 10]);
	expect(sizes).toEqual([3, 2]);
});

test('a batch is bounded, and so is what waits', async () => {
	const sizes: number[] = [];
	const batcher = new Batcher<number, number>(
		async (items) => {
			sizes.push(items.length);
			return items;
		},
		{ maxItems: 2, maxWaiting: 5 },
	);
	const added = [1, 2, 3, 4, 5].map((item) => batcher.add(item));
	await expect(batcher.add(6)).rejects.toThrow(RangeError);
	await Promise.all(added);
	expect(sizes).toEqual([2, 2, 1]);
});

test('a failed run rejects its own items only', async () => {
	const batcher = new Batcher<number, number>(
		async (items) => {
			if (items.includes(1)) throw new Error('no');
			return items;
		},
		{ maxItems: 1 },
	);
	const [bad, good] = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
	expect(bad.status).toBe('rejected');
	expect(good).toEqual({ status: 'fulfilled', value: 2 });
});

test('a run that answers too few results is a failure, not a wrong answer', async () => {
	const batcher = new Batcher<number, number>(async () => []);
	await expect(batcher.add(1)).rejects.toThrow(/answered with 0 results/);
});

test('a run belongs to no single caller: it does not see their context', async () => {
	const context = new AsyncLocalStorage<string>();
	const seen: (string | undefined)[] = [];
	const batcher = new Batcher<number, number>(async (items) => {
		seen.push(context.getStore());
		return items;
	});
	await context.run('the first caller', () => batcher.add(1));
	expect(seen).toEqual([undefined]);
});

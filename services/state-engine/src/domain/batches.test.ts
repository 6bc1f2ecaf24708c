import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distinct, portions, successive } from './batches.ts';

it('puts repeated ids one after the other', () => {
	expect(successive([7, 8, 7, 9, 7, 8])).toEqual([[0, 1, 3], [2, 5], [4]]);
	expect(distinct([7, 8, 7])).toEqual([7, 8]);
});

it('loses nothing, repeats nothing, and keeps the order of each id', () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (ids) => {
			const parts = successive(ids);
			expect(parts.flat().toSorted((a, b) => a - b)).toEqual(ids.map((_, index) => index));
			for (const part of parts) expect(new Set(part.map((index) => ids[index])).size).toBe(part.length);
			for (const id of ids) {
				const order = parts.flat().filter((index) => ids[index] === id);
				expect(order).toEqual(order.toSorted((a, b) => a - b));
			}
		}),
	);
});

it.each([
	[[], []],
	[
		[1, 2, 3],
		[[1, 2], [3]],
	],
	[
		[5, 5, 1],
		[[5, 5], [1]],
	],
	[
		[9, 2, 8],
		[[9], [2, 8]],
	],
	[
		[50, 1, 1, 1],
		[[50], [1, 1], [1]],
	],
	[
		[1, 50, 1],
		[[1], [50], [1]],
	],
])('cuts %j into %j', (batch, expected) => {
	expect(portions(batch, { items: 2, weight: 10 }, (one) => one)).toEqual(expected);
});

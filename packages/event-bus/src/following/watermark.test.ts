import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Watermark } from './watermark.ts';

describe('watermark', () => {
	test('stays below what is not done, and jumps when it is', () => {
		const mark = new Watermark(4);
		for (const offset of [5, 6, 9]) mark.open(offset);
		mark.done(6);
		mark.done(9);
		expect([mark.passed, mark.doneAhead]).toEqual([4, 2]);
		mark.done(5);
		expect([mark.passed, mark.doneAhead]).toEqual([9, 0]);
	});

	test('tells what is done ahead as ranges', () => {
		const mark = new Watermark(0);
		for (const offset of [1, 2, 3, 4, 6, 7, 8]) mark.open(offset);
		for (const offset of [2, 4, 6, 8]) mark.done(offset);
		expect(mark.rangesAhead(9)).toEqual([
			[2, 2],
			[4, 6],
			[8, 8],
		]);
		expect(mark.rangesAhead(1)).toEqual([[2, 2]]);
		mark.done(1);
		mark.done(3);
		expect([mark.passed, mark.rangesAhead(9)]).toEqual([6, [[8, 8]]]);
	});

	test('is the last offset of which all before it are done, in whatever order they end', () => {
		const offsets = fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), { maxLength: 3000, size: 'max' });
		fc.assert(
			fc.property(offsets, fc.infiniteStream(fc.nat()), (shuffled, random) => {
				const mark = new Watermark(0);
				const ascending = [...shuffled].sort((one, two) => one - two);
				for (const offset of ascending) mark.open(offset);
				const done = new Set<number>();
				const checked = (random.next().value ?? 0) % 50;
				shuffled.forEach((offset, index) => {
					mark.done(offset);
					done.add(offset);
					if (index % 50 !== checked) return;
					const undone = ascending.findIndex((one) => !done.has(one));
					expect(mark.passed).toBe(undone === -1 ? ascending.at(-1) : (ascending[undone - 1] ?? 0));
				});
				expect(mark.passed).toBe(ascending.at(-1) ?? 0);
				expect(mark.doneAhead).toBe(0);
			}),
			{ numRuns: 30 },
		);
	});
});

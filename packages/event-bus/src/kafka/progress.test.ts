import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countAbove, progressText, type Ranges, readProgress } from './progress.ts';

/** Ranges from gaps and lengths, above `from`. */
function rangesOf(from: number, parts: readonly (readonly [number, number])[]): Ranges {
	let at = from;
	return parts.map(([gap, length]) => {
		const first = at + gap;
		at = first + length;
		return [first, at] as const;
	});
}

const parts = (maxLength: number) => fc.array(fc.tuple(fc.integer({ min: 1, max: 90_000 }), fc.nat({ max: 90_000 })), { maxLength });

describe('progress', () => {
	test('what is committed is read back', () => {
		fc.assert(
			fc.property(fc.nat(), parts(200), (committed, list) => {
				const ranges = rangesOf(committed, list);
				expect(readProgress(committed, progressText(committed, ranges))).toEqual(ranges);
			}),
		);
	});

	test('what does not fit into the metadata is left out from the end', () => {
		fc.assert(
			fc.property(fc.nat(), parts(3000), (committed, list) => {
				const ranges = rangesOf(committed, list);
				const text = progressText(committed, ranges);
				expect(text.length).toBeLessThanOrEqual(4096);
				const read = readProgress(committed, text);
				expect(read).toEqual(ranges.slice(0, read.length));
			}),
			{ numRuns: 20 },
		);
	});

	test.each([null, '', 'somebody else', 'f1:', 'f1:x', 'f1:-3+2'])('%s means nothing done, or what it says', (text) => {
		for (const [first, last] of readProgress(10, text)) expect(last).toBeGreaterThanOrEqual(first);
	});

	test('counts what lies above an offset', () => {
		const ranges: Ranges = [
			[3, 5],
			[8, 8],
		];
		expect([2, 3, 4, 5, 7, 8, 9].map((passed) => countAbove(ranges, passed))).toEqual([4, 3, 2, 1, 1, 0, 0]);
	});
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const policy = { firstMs: 100, factor: 2, maxMs: 1_000, jitter: 0.2 };

test.each([
	[1, 100],
	[2, 200],
	[4, 800],
	[5, 1_000],
	[50, 1_000],
])('after attempt %i the base wait is %i ms', (attempt, wait) => {
	expect(backoffMs(policy, attempt, () => 0.5)).toBe(wait);
});

test('jitter keeps within its share', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
			const base = Math.min(1_000, 100 * 2 ** (attempt - 1));
			const wait = backoffMs(policy, attempt, () => random);
			expect(wait).toBeGreaterThanOrEqual(Math.floor(base * 0.8));
			expect(wait).toBeLessThanOrEqual(Math.ceil(base * 1.2));
		}),
	);
});

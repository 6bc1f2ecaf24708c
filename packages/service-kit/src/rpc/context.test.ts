import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf } from './context.ts';

describe('deadlineOf', () => {
	it('is the wanted time where no call is being answered', () => {
		expect(deadlineOf(500, undefined, 1_000)).toBe(1_500);
	});

	it('is never after the call being answered, keeps it a margin of at most 100 ms, and never exceeds the wanted time', () => {
		fc.assert(
			fc.property(fc.nat(100_000), fc.integer({ min: -1_000, max: 100_000 }), (wanted, left) => {
				const now = 1_000_000;
				const deadline = deadlineOf(wanted, { deadline: now + left }, now);
				expect(deadline).toBeLessThanOrEqual(now + wanted);
				expect(deadline).toBeLessThanOrEqual(now + left);
				if (left > 0 && wanted > left) {
					expect(deadline).toBeLessThan(now + left);
					expect(deadline).toBeGreaterThanOrEqual(now + left - 100);
				}
			}),
		);
	});
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { iunControl, iunLimit, iunOf, iunStride } from './iun.ts';

const april = new Date('2026-04-30T23:59:59Z');
const ids = fc.integer({ min: 1, max: iunLimit - 1 });

describe('iunOf', () => {
	it.each([
		['ADEG-HJKL-MNPQ', '202604', 'R'],
		['KTPR-WZQA-DYEG', '202511', 'U'],
		['ZYXW-VTRQ-PNML', '202601', 'Y'],
	])('gives %s of %s the control letter %s', (text, month, control) => {
		expect(iunControl(text.replaceAll('-', ''), month)).toBe(control);
	});

	it('writes codes of the form that PN accepts, without neighbours that are easily misread', () => {
		fc.assert(
			fc.property(ids, (id) => {
				const iun = iunOf(id, april);
				expect(iun).toMatch(/^([ADEGHJKLMNPQRTUVWXYZ]{4}-){3}202604-[ADEGHJKLMNPQRTUVWXYZ]-1$/);
				expect(iun).not.toMatch(/([A-Z])\1|UV|VU|HN|NH|LJ/);
				expect(iun.at(-3)).toBe(iunControl(iun.slice(0, 14).replaceAll('-', ''), '202604'));
			}),
		);
	});

	it('never gives two ids one code', () => {
		// A multiplier prime to the modulus is a bijection.
		let [one, other] = [iunStride, BigInt(iunLimit)];
		while (other !== 0n) [one, other] = [other, one % other];
		expect(one).toBe(1n);
		const codes = new Set(Array.from({ length: 20_000 }, (_, index) => iunOf(index + 1, april)));
		expect(codes.size).toBe(20_000);
	});

	it('takes the UTC month of receipt', () => {
		expect(iunOf(1, new Date('2026-01-01T00:30:00+01:00'))).toContain('-202512-');
	});

	it.each([0, -1, 1.5, iunLimit, Number.MAX_SAFE_INTEGER])('has no code for %d', (id) => {
		expect(() => iunOf(id, april)).toThrow(RangeError);
	});
});

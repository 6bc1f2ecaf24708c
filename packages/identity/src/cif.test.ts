import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCif, cifControls, cifDigit } from './cif.ts';

describe('checkCif', () => {
	it.each([
		'A58818501',
		'B65410011',
		'A28015865',
		'A08663619',
		'G08663619',
		'J99216582',
		'G5873422I',
		'Q0801576J',
		'Q0818002H',
		'P1708500B',
		// The administrations that the contract's directory ships with.
		'S0811001G',
		'P0801900B',
		'P0800000B',
		// A company from abroad with a number from before 2008.
		'A0011012B',
		'N0032484H',
		'R0800314G',
		'W0049001A',
	])('takes %s', (value) => {
		expect(checkCif(value)).toEqual({ ok: true, normalised: value, key: `ES:${value}` });
	});

	it.each([
		['B65410012', 'check'],
		// Right control digit in the wrong form.
		['B6541001A', 'check'],
		['P08019002', 'check'],
		['S08110017', 'check'],
		// A comma fits the contract's pattern; no control character is one.
		['B6541001,', 'check'],
		// Letters that no kind of entity has.
		['I65410011', 'check'],
		['O65410011', 'check'],
		['T65410011', 'check'],
		['K65410011', 'check'],
		['X65410011', 'check'],
		['b65410011', 'pattern'],
		['B-65410011', 'pattern'],
		['B65410011 ', 'pattern'],
		['B6541001', 'pattern'],
		['B654100111', 'pattern'],
		['B6541001K', 'pattern'],
		['12345678Z', 'pattern'],
		['ESB65410011', 'pattern'],
		['', 'blank'],
		[' \t', 'blank'],
		['.-', 'blank'],
	])('refuses %j: %s', (value, problem) => {
		expect(checkCif(value)).toEqual({ ok: false, problem });
	});

	const entity = fc.constantFrom(...'ABCDEFGHJNPQRSUVW');
	const digits = fc.integer({ min: 0, max: 9_999_999 }).map((value) => String(value).padStart(7, '0'));

	it('takes every number with a control character that its letter asks for, and no other', () => {
		fc.assert(
			fc.property(entity, digits, fc.constantFrom(...'0123456789ABCDEFGHIJ'), (letter, number, control) => {
				const ends = cifControls(letter, number);
				for (const end of ends) expect(checkCif(letter + number + end).ok).toBe(true);
				expect(checkCif(letter + number + control).ok).toBe(ends.includes(control));
			}),
		);
	});

	it.each([
		['NPQRSW', /^[A-J]$/],
		['ABEH', /^[0-9]$/],
	])('ends the entities %s in one form only', (letters, form) => {
		for (const letter of letters) {
			const [control = '', ...others] = cifControls(letter, '1234567');
			expect(control).toMatch(form);
			expect(others).toEqual([]);
		}
	});

	it('lets the others end in either form', () => {
		for (const letter of 'CDFGJUV') expect(cifControls(letter, '1234567')).toEqual(['4', 'D']);
	});

	it('notices every single digit that changes', () => {
		fc.assert(
			fc.property(digits, fc.nat(6), fc.integer({ min: 1, max: 9 }), (number, at, step) => {
				const changed = number.slice(0, at) + ((Number(number[at]) + step) % 10) + number.slice(at + 1);
				expect(cifDigit(changed)).not.toBe(cifDigit(number));
			}),
		);
	});
});

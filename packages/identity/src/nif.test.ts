import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkNif, nifLetter } from './nif.ts';

describe('checkNif', () => {
	it.each([
		['12345678Z', '12345678Z'],
		['00000000T', '00000000T'],
		['99999999R', '99999999R'],
		['04444444Q', '04444444Q'],
		['4444444Q', '04444444Q'],
		['1234567L', '01234567L'],
		['X1234567L', 'X1234567L'],
		['X0000000T', 'X0000000T'],
		['Y1234567X', 'Y1234567X'],
		['Z1234567R', 'Z1234567R'],
		['Z8078221M', 'Z8078221M'],
		['X01234567L', 'X1234567L'],
	])('takes %s', (value, normalised) => {
		expect(checkNif(value)).toEqual({ ok: true, normalised, key: `ES:${normalised}` });
	});

	it.each([
		// The rejection that the contract publishes, and the identifier that its own evidence sample carries.
		['04444444H', 'check'],
		['12345678A', 'check'],
		['X1234567Z', 'check'],
		['Y1234567L', 'check'],
		// Eight digits after a letter: only a leading zero after the X was ever issued.
		['X12345678Z', 'check'],
		['Y01234567X', 'check'],
		['Z01234567R', 'check'],
		// Letters that are no remainder's.
		['12345678I', 'check'],
		['12345678O', 'check'],
		['12345678Ñ', 'pattern'],
		['12345678z', 'pattern'],
		['x1234567L', 'pattern'],
		['12.345.678-Z', 'pattern'],
		[' 12345678Z', 'pattern'],
		['12345678Z\n', 'pattern'],
		['123456Z', 'pattern'],
		['123456789Z', 'pattern'],
		['12345678', 'pattern'],
		['12345678ZZ', 'pattern'],
		['١٢٣٤٥٦٧٨Z', 'pattern'],
		['B65410011', 'pattern'],
		// The contract's pattern has no place for the numbers of minors, residents abroad and foreigners without a NIE.
		['K0867756N', 'pattern'],
		['L0867756G', 'pattern'],
		['M0867756Q', 'pattern'],
		['', 'blank'],
		['   ', 'blank'],
		['-', 'blank'],
		['\t\n', 'blank'],
	])('refuses %j: %s', (value, problem) => {
		expect(checkNif(value)).toEqual({ ok: false, problem });
	});

	const number = fc.integer({ min: 0, max: 99_999_999 }).map((value) => String(value).padStart(8, '0'));
	const foreign = fc.tuple(fc.constantFrom('X', 'Y', 'Z'), fc.integer({ min: 0, max: 9_999_999 }));
	const nie = foreign.map(([prefix, value]) => {
		const digits = String(value).padStart(7, '0');
		return prefix + digits + nifLetter('XYZ'.indexOf(prefix) + digits);
	});
	const valid = fc.oneof(
		number.map((digits) => digits + nifLetter(digits)),
		nie,
	);

	it('takes every number with its letter, and checks what it made of it to the same', () => {
		fc.assert(
			fc.property(valid, (value) => {
				const check = checkNif(value);
				expect(check).toEqual({ ok: true, normalised: value, key: `ES:${value}` });
			}),
		);
	});

	it('refuses every number with any other letter', () => {
		fc.assert(
			fc.property(valid, fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), (value, letter) => {
				fc.pre(!value.endsWith(letter));
				expect(checkNif(value.slice(0, -1) + letter)).toEqual({ ok: false, problem: 'check' });
			}),
		);
	});

	it('refuses every number with one digit changed', () => {
		fc.assert(
			fc.property(valid, fc.nat(6), fc.integer({ min: 1, max: 9 }), (value, place, step) => {
				const at = value.length - 2 - place;
				const changed = (Number(value[at]) + step) % 10;
				expect(checkNif(value.slice(0, at) + changed + value.slice(at + 1)).ok).toBe(false);
			}),
		);
	});

	it('pads seven digits with a zero', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 9_999_999 }), (value) => {
				const digits = String(value).padStart(7, '0');
				const letter = nifLetter(digits);
				expect(checkNif(digits + letter)).toEqual(checkNif(`0${digits}${letter}`));
			}),
		);
	});
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIdentity, identityKey } from './identity.ts';
import { checkPassport } from './passport.ts';
import type { IdentityScheme } from './types.ts';

const schemes: readonly IdentityScheme[] = ['NIF', 'PASSPORT', 'CIF', 'VAT', 'OTHER'];

describe('checkPassport', () => {
	it.each([
		['AAA123456', 'AAA123456'],
		['xda 123.456-7', 'XDA1234567'],
		['123456789', '123456789'],
		['C01X00T47', 'C01X00T47'],
		['12345', '12345'],
		['A1234567890123456789', 'A1234567890123456789'],
	])('takes %s', (value, normalised) => {
		expect(checkPassport(value)).toEqual({ ok: true, normalised, key: `PASSPORT:${normalised}` });
	});

	it.each([
		['', 'blank'],
		['   ', 'blank'],
		['---', 'blank'],
		['1', 'pattern'],
		['A123', 'pattern'],
		['ABCDEFGH', 'pattern'],
		['000000000', 'pattern'],
		['111111', 'pattern'],
		['A12345678901234567890', 'pattern'],
		['AB#123456', 'pattern'],
		['АВ123456', 'pattern'],
		["1' OR '1'='1", 'pattern'],
	])('refuses %j: %s', (value, problem) => {
		expect(checkPassport(value)).toEqual({ ok: false, problem });
	});
});

describe('a free identifier', () => {
	it.each([
		['Fiscalia de Barcelona', 'Fiscalia de Barcelona'],
		['  FISCALIA\u00a0 Àrea 3 ', 'FISCALIA Àrea 3'],
		['7', '7'],
	])('takes %j', (value, normalised) => {
		expect(checkIdentity('OTHER', value)).toEqual({ ok: true, normalised, key: `OTHER:${normalised.toUpperCase()}` });
	});

	it.each([
		['', 'blank'],
		[' \u00a0\t', 'blank'],
		['...', 'blank'],
		['a\u0000b', 'pattern'],
		['x'.repeat(101), 'pattern'],
	])('refuses %j: %s', (value, problem) => {
		expect(checkIdentity('OTHER', value)).toEqual({ ok: false, problem });
	});
});

describe('keys', () => {
	it.each([
		['CIF', 'B65410011', 'VAT', 'es b-65410011'],
		['NIF', '12345678Z', 'VAT', 'ES12345678Z'],
		['NIF', '4444444Q', 'NIF', '04444444Q'],
		['NIF', 'X01234567L', 'NIF', 'X1234567L'],
		['VAT', 'GR094259216', 'VAT', 'EL 094 259 216'],
		['PASSPORT', 'aaa 123456', 'PASSPORT', 'AAA-123456'],
	] as const)('make %s %s and %s %s one', (scheme, value, otherScheme, otherValue) => {
		expect(identityKey(scheme, value)).toBeDefined();
		expect(identityKey(scheme, value)).toBe(identityKey(otherScheme, otherValue));
	});

	it.each([
		['PASSPORT', '12345678Z', 'NIF', '12345678Z'],
		['OTHER', 'B65410011', 'CIF', 'B65410011'],
		['VAT', 'FR40303265045', 'PASSPORT', '40303265045'],
		['VAT', 'GB980780684', 'VAT', 'XI980780684'],
	] as const)('keep %s %s and %s %s apart', (scheme, value, otherScheme, otherValue) => {
		expect(identityKey(scheme, value)).toBeDefined();
		expect(identityKey(otherScheme, otherValue)).toBeDefined();
		expect(identityKey(scheme, value)).not.toBe(identityKey(otherScheme, otherValue));
	});

	it('forgive small letters and separators, but not a wrong letter', () => {
		expect(identityKey('NIF', ' 12.345.678-z ')).toBe('ES:12345678Z');
		expect(identityKey('CIF', 'b-65410011')).toBe('ES:B65410011');
		expect(identityKey('NIF', '12.345.678-A')).toBeUndefined();
		expect(identityKey('NIF', '')).toBeUndefined();
	});
});

it('answers something for anything in every scheme, and normalises once', () => {
	fc.assert(
		fc.property(fc.constantFrom(...schemes), fc.string({ unit: 'binary', maxLength: 120 }), (scheme, value) => {
			const check = checkIdentity(scheme, value);
			if (!check.ok) expect(['blank', 'pattern', 'check']).toContain(check.problem);
			else expect(checkIdentity(scheme, check.normalised)).toEqual(check);
		}),
		{ numRuns: 1_000 },
	);
});

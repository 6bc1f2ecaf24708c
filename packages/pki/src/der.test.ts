import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { childrenOf, generalizedTime, nodeAt, objectIdentifier, octetString, sequence, setOf, tlv, unsignedInteger } from './der.ts';

describe('DER', () => {
	it.each([
		['2.5.29.37', '0603551d25'],
		['1.2.840.113549.1.7.2', '06092a864886f70d010702'],
		['2.25.201764412870443987170653920342019402837', '061469'],
	])('writes the object identifier %s', (dotted, hex) => {
		expect(objectIdentifier(dotted).toString('hex').startsWith(hex)).toBe(true);
	});

	it.each([
		['00', '020100'],
		['0000', '020100'],
		['7f', '02017f'],
		['80', '02020080'],
		['0000ff', '020200ff'],
		['0100', '02020100'],
	])('writes the unsigned integer %s', (bytes, hex) => {
		expect(unsignedInteger(Buffer.from(bytes, 'hex')).toString('hex')).toBe(hex);
	});

	it.each([
		['2026-11-22T18:00:00.000Z', '20261122180000Z'],
		['2026-11-22T18:00:10.120Z', '20261122180010.12Z'],
		['2026-11-22T18:00:10.001Z', '20261122180010.001Z'],
	])('writes the time %s without trailing zeros', (at, text) => {
		expect(generalizedTime(new Date(at)).subarray(2).toString()).toBe(text);
	});

	it('sorts a SET OF', () => {
		expect(setOf(octetString(Buffer.from([2])), octetString(Buffer.from([1]))).toString('hex')).toBe('3106040101040102');
	});

	it('finds its way in what it wrote, whatever the lengths', () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 5 }), (parts) => {
				const der = sequence(...parts.map(octetString));
				const found = childrenOf(der, nodeAt(der, 0)).map(({ content, end }) => Buffer.from(der.subarray(content, end)).toString('hex'));
				expect(found).toEqual(parts.map((one) => Buffer.from(one).toString('hex')));
			}),
		);
	});

	it.each(['30', '3005', '3080', '3082ff'])('refuses %s, which ends early or is not DER', (hex) => {
		expect(() => nodeAt(Buffer.from(hex, 'hex'), 0)).toThrow(RangeError);
	});

	it('refuses to write what needs more than two length bytes', () => {
		expect(() => tlv(0x04, new Uint8Array(0x10000))).toThrow(RangeError);
	});
});

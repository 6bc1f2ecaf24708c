import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callingCodeOf } from './calling-codes.ts';
import { checkPhone } from './phone.ts';

describe('checkPhone', () => {
	it.each([
		['612345678', '+34612345678'],
		['712345678', '+34712345678'],
		['812345678', '+34812345678'],
		['932345678', '+34932345678'],
		['612 34 56 78', '+34612345678'],
		['93.234.56.78', '+34932345678'],
		['932-345-678', '+34932345678'],
		['+34 612 345 678', '+34612345678'],
		['0034612345678', '+34612345678'],
		['34612345678', '+34612345678'],
		['+376 312 345', '+376312345'],
		['376312345', '+376312345'],
		['+33 1 23 45 67 89', '+33123456789'],
		['0033123456789', '+33123456789'],
		['33123456789', '+33123456789'],
		['+1 212-555-2368', '+12125552368'],
		['12125552368', '+12125552368'],
		['+44 20 7946 0958', '+442079460958'],
		['+39 06 6982', '+39066982'],
		['+683 4000', '+6834000'],
		['+8613812345678', '+8613812345678'],
	])('reads %s as %s', (value, e164) => {
		expect(checkPhone(value)).toEqual({ ok: true, e164 });
	});

	it.each([
		'',
		' ',
		'-',
		'12345',
		'61234567',
		'123456789',
		'512345678',
		'212345678',
		'376012345',
		'012345678',
		'+34512345678',
		'+3461234567',
		'+346123456789',
		'0034 512 345 678',
		'+1 123 456 7890',
		'+0034612345678',
		'++34612345678',
		'+34+612345678',
		'6123456 ext 8',
		'612/345/678',
		'(93) 234 56 78',
		'+44 (0)20 7946 0958',
		'six one two',
		'٦١٢٣٤٥٦٧٨',
		'612345678a',
		'+210123456789',
		'+999123456789',
		'+12345678901234567',
		'00',
		'+',
	])('refuses %j', (value) => {
		expect(checkPhone(value)).toEqual({ ok: false });
	});

	const spanish = fc.tuple(fc.constantFrom('6', '7', '8', '9'), fc.integer({ min: 0, max: 99_999_999 }));

	it('takes every Spanish number, however it is written', () => {
		fc.assert(
			fc.property(
				spanish,
				fc.constantFrom('', '+34', '0034', '34'),
				fc.array(fc.nat(8)),
				fc.constantFrom(' ', '.', '-'),
				([first, rest], prefix, places, separator) => {
					const digits = first + String(rest).padStart(8, '0');
					const written = [...digits].map((digit, index) => (places.includes(index) ? separator : '') + digit).join('');
					expect(checkPhone(prefix + written)).toEqual({ ok: true, e164: `+34${digits}` });
				},
			),
		);
	});

	it('gives back what it made of a number when asked again', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^(\+|00)?[0-9 .-]{5,18}$/), (value) => {
				const check = checkPhone(value);
				if (check.ok) {
					expect(check.e164).toMatch(/^\+[1-9][0-9]{6,14}$/);
					expect(checkPhone(check.e164)).toEqual(check);
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe('callingCodeOf', () => {
	it('finds one code at most for any number: none begins another', () => {
		const codes = new Set(Array.from({ length: 1_000 }, (_, number) => callingCodeOf(String(number).padEnd(3, '0'))));
		for (const code of codes) {
			for (const other of codes) if (code !== undefined && other !== code) expect(other?.startsWith(code)).not.toBe(true);
		}
		expect(codes.size).toBeGreaterThan(200);
	});
});

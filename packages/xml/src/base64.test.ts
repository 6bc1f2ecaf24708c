import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64 } from './base64.ts';

test('every base64 is decoded, with white space or without', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat({ max: 80 }), (bytes, at) => {
			const text = Buffer.from(bytes).toString('base64');
			expect(decodeBase64(`${text.slice(0, at)}\r\n ${text.slice(at)}`)).toEqual(Buffer.from(bytes));
		}),
	);
});

test.each(['*', 'A', 'AA', 'AAA', 'AA=A', 'AA==A', 'A===', '====', 'AAAA=', 'AA*A', 'AA-_', 'AB==', 'AAB=', 'AAAÀ'])(
	'%j is none',
	(text) => {
		expect(decodeBase64(text)).toBeUndefined();
	},
);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characters, collapsed, decodeBase64, longerThan, toId } from './lexical.ts';

describe('toId', () => {
	it.each([
		['1', 1],
		['+7', 7],
		[' 0012\n', 12],
		['9007199254740991', 9007199254740991],
		['9007199254740992', undefined],
		['0', undefined],
		['-0', undefined],
		['-1', undefined],
		['999999999999999999999999999999', undefined],
		['', undefined],
		['1.0', undefined],
		['1e3', undefined],
		['\u00a01', undefined],
	])('%j is %s', (text, id) => {
		expect(toId(text)).toBe(id);
	});

	it('reads every id that we hand out, however it is padded', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.nat(20), (id, zeros) => {
				expect(toId(`+${'0'.repeat(zeros)}${id}`)).toBe(id);
			}),
		);
	});
});

describe('decodeBase64', () => {
	it.each(['', 'AA==', 'AAA=', 'AAAA', ' A A\nA\tA ', 'ab+/'])('%j is base64', (text) => {
		expect(decodeBase64(text)).toEqual(Buffer.from(text.replace(/\s/g, ''), 'base64'));
	});

	it.each(['A', 'AA', 'AAA', 'A===', 'AAAA=', '====', 'AA==AA==', 'ab-_', 'AAA*', 'AAAA.', 'AA\u00a0AA', 'AAAÀ'])('%j is not', (text) => {
		expect(decodeBase64(text)).toBeUndefined();
	});

	it('gives back what was encoded, and nothing with a stray character in it', () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ maxLength: 80 }),
				fc.nat(),
				fc.constantFrom('*', '-', '_', '.', '\u00e0', '\u0000'),
				(bytes, at, stray) => {
					const text = Buffer.from(bytes).toString('base64');
					expect(decodeBase64(text)).toEqual(Buffer.from(bytes));
					const place = at % (text.length + 1);
					expect(decodeBase64(text.slice(0, place) + stray + text.slice(place))).toBeUndefined();
				},
			),
		);
	});
});

describe('characters', () => {
	it('counts as XSD does', () => {
		expect(characters('')).toBe(0);
		expect(characters('à😀b')).toBe(3);
		fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => characters(text) === [...text].length));
	});

	it('a text of the longest length is not longer', () => {
		expect(longerThan('😀'.repeat(100), 100)).toBe(false);
		expect(longerThan('😀'.repeat(101), 100)).toBe(true);
	});
});

it('collapsed takes away whitespace of XML only', () => {
	expect(collapsed('\t 1\r\n')).toBe('1');
	expect(collapsed('\u00a01')).toBe('\u00a01');
});

import { describe, expect, test } from 'vitest';
import { toUtf8 } from './encoding.ts';
import { XmlRefused } from './refusal.ts';

const xml = (encoding: string | undefined, body = '<a>é€</a>') =>
	`<?xml version="1.0"${encoding ? ` encoding="${encoding}"` : ''}?>${body}`;
const utf16 = (text: string, big = false) => {
	const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
	return big ? bytes.swap16() : bytes;
};
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const marked = (text: string) => Buffer.from(`\ufeff${text}`, 'utf8');
const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('taken (eNotumLite contract, decision 14)', () => {
	test.each<[string, Buffer, string | undefined]>([
		['UTF-8 undeclared', utf8('<a>é€</a>'), undefined],
		['UTF-8 declared', utf8(xml('utf-8')), undefined],
		['UTF-8 with mark', marked(xml('UTF-8')), undefined],
		['UTF-8 with mark and charset', marked(xml(undefined)), 'UTF-8'],
		['UTF-16 little endian', utf16(xml('UTF-16')), undefined],
		['UTF-16 big endian', utf16(xml('UTF-16'), true), undefined],
		['UTF-16 undeclared', utf16('<a>é€</a>'), 'utf-16'],
		['UTF-16 by its exact name', utf16(xml('UTF-16LE')), undefined],
	])('%s', (_, bytes, charset) => {
		expect(Buffer.from(toUtf8(bytes, charset)).toString('utf8')).toContain('<a>é€</a>');
	});

	test.each<[string, Buffer, string | undefined, string]>([
		['ISO-8859-1 declared', latin1(xml('ISO-8859-1', '<a>\u00e9\u00a4</a>')), undefined, 'é¤'],
		['ISO-8859-1 in single quotes', latin1("<?xml version='1.0' encoding='iso-8859-1'?><a>\u00e9\u00a4</a>"), 'ISO-8859-1', 'é¤'],
		['ISO-8859-15 declared', latin1(xml('ISO-8859-15', '<a>\u00e9\u00a4</a>')), undefined, 'é€'],
		['ISO-8859-15 by the transport alone', latin1('<a>\u00e9\u00a4</a>'), 'iso-8859-15', 'é€'],
	])('%s', (_, bytes, charset, expected) => {
		expect(Buffer.from(toUtf8(bytes, charset)).toString('utf8')).toContain(`<a>${expected}</a>`);
	});
});

describe('refused', () => {
	test.each<[string, Buffer, string | undefined]>([
		['UTF-16 declared as UTF-8', utf16(xml('UTF-8')), undefined],
		['UTF-16 declared in the other order', utf16(xml('UTF-16BE')), undefined],
		['UTF-8 declared as UTF-16', utf8(xml('UTF-16')), undefined],
		['UTF-8 with mark declared as ISO-8859-1', marked(xml('ISO-8859-1')), undefined],
		['UTF-16 without mark', Buffer.from(xml(undefined), 'utf16le'), undefined],
		['UTF-16 without mark, stated by the transport', utf8('<a/>'), 'utf-16'],
		['UTF-32', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c]), undefined],
		['bytes that are not UTF-8', latin1('<a>\u00e9</a>'), undefined],
		['an overlong UTF-8 sequence', Buffer.from([0x3c, 0x61, 0xc0, 0xbc, 0x2f, 0x3e]), undefined],
		['a surrogate in UTF-8', Buffer.from([0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80, 0x3c, 0x2f, 0x61, 0x3e]), undefined],
		['half a surrogate in UTF-16', utf16('<a>\ud800</a>'), undefined],
		['an odd byte in UTF-16', Buffer.concat([utf16('<a/>'), Buffer.from([0x20])]), undefined],
		['Windows-1252', latin1(xml('windows-1252', '<a/>')), undefined],
		['UTF-7', utf8(xml('UTF-7', '<a/>')), undefined],
		['EBCDIC', utf8(xml('IBM037', '<a/>')), undefined],
		['a name of the prototype', utf8(xml('constructor', '<a/>')), undefined],
		['declaration and charset that disagree', latin1(xml('ISO-8859-1', '<a/>')), 'utf-8'],
		['an unknown charset', utf8('<a/>'), 'shift_jis'],
	])('%s', (_, bytes, charset) => {
		expect(() => toUtf8(bytes, charset)).toThrow(expect.objectContaining({ name: 'XmlRefused', reason: 'encoding' }));
	});

	test.each([
		'<?xml version="1.1"?><a/>',
		'<?xml encoding="UTF-8"?><a/>',
		'<?xml version="1.0" encoding=UTF-8?><a/>',
		'<?xml version="1.0"',
	])('declaration %s', (text) => {
		expect(() => toUtf8(utf8(text))).toThrow(XmlRefused);
	});
});

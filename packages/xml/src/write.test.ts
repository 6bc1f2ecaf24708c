import { describe, expect, test } from 'vitest';
import { canonicalise } from './canonical.ts';
import { parseXml } from './document.ts';
import { publishDescription } from './publish.ts';
import { el, escapeAttribute, escapeText, fragment, rawXml, xmlDocument } from './write.ts';

test.each([
	['plain ça', 'plain ça', 'plain ça'],
	['<a & "b">', '&lt;a &amp; "b"&gt;', '&lt;a &amp; &quot;b&quot;>'],
	['\t\n\r', '\t\n&#xD;', '&#x9;&#xA;&#xD;'],
	['\u0000\u001f\ufffe\uffff', '\ufffd\ufffd\ufffd\ufffd', '\ufffd\ufffd\ufffd\ufffd'],
	['😀\ud83d\ude00', '😀😀', '😀😀'],
	['\ud83d x \ude00', '\ufffd x \ufffd', '\ufffd x \ufffd'],
])('%j is escaped', (text, asText, asAttribute) => {
	expect(escapeText(text)).toBe(asText);
	expect(escapeAttribute(text)).toBe(asAttribute);
});

describe('el', () => {
	test('writes elements, attributes and what there is of content', () => {
		const part = el(
			'p:a',
			{ 'xmlns:p': 'urn:p', b: 1, c: undefined, d: true },
			'x<',
			2,
			false,
			null,
			undefined,
			[el('e'), rawXml('<f/>')],
			3n,
		);
		expect(part.markup).toBe('<p:a xmlns:p="urn:p" b="1" d="true">x&lt;2<e></e><f/>3</p:a>');
		expect(el('t', {}, new Date('2026-01-02T03:04:05.678Z'), true).markup).toBe('<t>2026-01-02T03:04:05.678Ztrue</t>');
		expect(fragment(el('a'), 'b&').markup).toBe('<a></a>b&amp;');
	});

	test.each(['', 'a b', 'a>', '1a', 'a:b:c', ':a', 'a"'])('refuses the name %j', (name) => {
		expect(() => el(name)).toThrow(TypeError);
		expect(() => el('a', { [name]: 'x' })).toThrow(TypeError);
	});

	test('in canonical order it is in canonical form', () => {
		const root = el('p:a', { 'xmlns:p': 'urn:p', b: '"<>&\t' }, '<>&"\r\n', el('c', {}, ''));
		using document = parseXml(xmlDocument(root));
		expect(Buffer.from(canonicalise(document)).toString()).toBe(root.markup);
	});
});

test('published descriptions point to where they are served', () => {
	const file = '<d><include schemaLocation="a.xsd"/><import schemaLocation="http://other/b.xsd"/><address location="{address}"/></d>';
	expect(publishDescription(file, 'https://host/soap?x=$&')).toBe(
		'<d><include schemaLocation="https://host/soap?x=$&amp;?xsd=a.xsd"/><import schemaLocation="http://other/b.xsd"/><address location="https://host/soap?x=$&amp;"/></d>',
	);
});

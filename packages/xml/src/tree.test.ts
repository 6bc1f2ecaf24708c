import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalise } from './canonical.ts';
import { parseXml } from './document.ts';
import { attributeOf, childOf, childrenOf, readTree, scanCanonical, textOf, type XmlElement } from './tree.ts';
import { el, type XmlContent, type XmlMarkup, xmlDocument } from './write.ts';

interface Model {
	readonly name: string;
	readonly namespace: string;
	readonly attributes: readonly (readonly [string, string])[];
	readonly content: readonly (string | Model)[];
}

const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 8 }),
	fc.constantFrom('&', '<>', '"\'', ']]>', '\t\n\r', '\u0000', '😀', '&amp;', '&#xD;', ' '),
);
const { model } = fc.letrec<{ model: Model }>((tie) => ({
	model: fc.record({
		name: fc.constantFrom('a', 'b', 'c-d', 'E.f'),
		namespace: fc.constantFrom('', 'urn:one', 'urn:two?a=1'),
		attributes: fc.uniqueArray(fc.tuple(fc.constantFrom('x', 'y', 'id'), text), { selector: ([name]) => name, maxLength: 3 }),
		content: fc.array(fc.oneof({ weight: 2, arbitrary: text }, { weight: 1, arbitrary: tie('model') }), { maxLength: 4 }),
	}),
}));

function markup(one: Model, prefixed: boolean): XmlMarkup {
	const prefix = prefixed && one.namespace ? 'p' : '';
	const declaration = prefix ? { 'xmlns:p': one.namespace } : { xmlns: one.namespace };
	const content: XmlContent[] = one.content.map((part) => (typeof part === 'string' ? part : markup(part, prefixed)));
	const name = prefix ? `p:${one.name}` : one.name;
	// Without a prefix for the default, an element in no namespace inside one that has a default must undo it.
	return el(name, { ...(prefixed && !one.namespace ? {} : declaration), ...Object.fromEntries(one.attributes) }, ...content);
}

const allowed = (value: string) => value.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');

function expected(one: Model): object {
	return {
		name: one.name,
		namespace: one.namespace,
		attributes: one.attributes
			.map(([name, value]) => ({ namespace: '', name, value: allowed(value) }))
			.sort((a, b) => (a.name < b.name ? -1 : 1)),
		text: one.content.map((part) => (typeof part === 'string' ? allowed(part) : '')).join(''),
		children: one.content.filter((part) => typeof part !== 'string').map(expected),
	};
}

function withoutOrdinals({ ordinal: _, children, ...rest }: XmlElement): object {
	return { ...rest, children: children.map(withoutOrdinals) };
}

test('what is written is read again, whatever the text, through libxml2', () => {
	fc.assert(
		fc.property(model, fc.boolean(), (one, prefixed) => {
			using document = parseXml(xmlDocument(markup(one, prefixed)));
			expect(withoutOrdinals(readTree(document))).toEqual(expected(one));
		}),
		{ numRuns: 500 },
	);
});

test('text of CDATA, references and runs around comments is one', () => {
	using document = parseXml(Buffer.from('<a>1&lt;<![CDATA[2&]]>&#x33;<!-- no --><?no no?>4<b>no</b>5</a>'));
	expect(readTree(document).text).toBe('1<2&345');
});

test('prefixes resolve to namespaces, attributes without one have none', () => {
	using document = parseXml(
		Buffer.from('<a xmlns="urn:d" xmlns:p="urn:p" b="1" p:b="2" xml:lang="ca"><p:c/><c xmlns=""/><d xmlns:p="urn:q" p:e="3"/></a>'),
	);
	const root = readTree(document);
	expect(root.namespace).toBe('urn:d');
	expect([attributeOf(root, 'b'), attributeOf(root, 'b', 'urn:p'), attributeOf(root, 'e')]).toEqual(['1', '2', undefined]);
	expect(attributeOf(root, 'lang', 'http://www.w3.org/XML/1998/namespace')).toBe('ca');
	expect(root.children.map((child) => child.namespace)).toEqual(['urn:p', '', 'urn:d']);
	expect(childOf(root, 'c')).toBeUndefined();
	expect(childOf(root, 'c', 'urn:p')).toBeDefined();
	expect(childrenOf(root, 'd')).toHaveLength(1);
	expect(textOf(root, 'c', '')).toBe('');
	expect(attributeOf(childOf(root, 'd') as XmlElement, 'e', 'urn:q')).toBe('3');
});

describe('the scanner takes nothing but a canonical form', () => {
	test.each([
		...[
			'',
			'x',
			'<a>',
			'<a/>',
			'<a></a>x',
			'<a></a><b></b>',
			'</a>',
			'<a b=1></a>',
			"<a b='1'></a>",
			'<a  b="1"></a>',
			'<a b="1"',
			'<p:a></p:a>',
		],
		...[
			'<a>&nbsp;</a>',
			'<a>&#65;</a>',
			'<a>&amp</a>',
			'<a><![CDATA[x]]></a>',
			'<!DOCTYPE a><a></a>',
			'<?pi <a></a>',
			'< a></ a>',
			'<a><b></a>',
		],
	])('%j', (text) => {
		expect(() => scanCanonical(text)).toThrow('not a canonical form');
	});
});

test('canonical forms are read the same from the document and from one of its elements', () => {
	using document = parseXml(Buffer.from('<a xmlns="urn:d" xmlns:p="urn:p"><p:b q="1"><c>x</c></p:b></a>'));
	const whole = readTree(document).children[0] as XmlElement;
	expect(withoutOrdinals(readTree(document.element(1)))).toEqual(withoutOrdinals(whole));
	expect(Buffer.from(canonicalise(document.element(2))).toString()).toBe('<c xmlns="urn:d">x</c>');
});

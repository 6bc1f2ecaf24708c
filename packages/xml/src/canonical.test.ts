import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CanonicalOptions, canonicalise } from './canonical.ts';
import { parseXml, type XmlDocument } from './document.ts';
import { XmlRefused } from './refusal.ts';
import { readTree } from './tree.ts';
import { el, xmlDocument } from './write.ts';

const source =
	'<?xml version="1.0"?><?pi out?>\n<a xmlns:z="urn:z" xmlns="urn:d" c="3" b=\'2\'><!-- c --><z:b xmlns:y="urn:y" z:k="&quot;&#10;"/><![CDATA[<>&]]>&#13;</a><!-- after -->';

function canonical(ordinal: number | undefined, options: CanonicalOptions): string {
	using document = parseXml(Buffer.from(source));
	return Buffer.from(canonicalise(ordinal === undefined ? document : document.element(ordinal), options)).toString();
}

describe('canonical forms of W3C', () => {
	test('exclusive, of a document: order, quotes, references, no comments, only namespaces in use', () => {
		expect(canonical(undefined, {})).toBe(
			'<?pi out?>\n<a xmlns="urn:d" b="2" c="3"><z:b xmlns:z="urn:z" z:k="&quot;&#xA;"></z:b>&lt;&gt;&amp;&#xD;</a>',
		);
	});
	test('inclusive: all namespaces in scope', () => {
		expect(canonical(undefined, { exclusive: false })).toBe(
			'<?pi out?>\n<a xmlns="urn:d" xmlns:z="urn:z" b="2" c="3"><z:b xmlns:y="urn:y" z:k="&quot;&#xA;"></z:b>&lt;&gt;&amp;&#xD;</a>',
		);
	});
	test('with comments', () => {
		expect(canonical(undefined, { comments: true })).toMatch(/<!-- c -->.*\n<!-- after -->$/s);
	});
	test('exclusive, of an element: namespaces of its ancestors only when used', () => {
		expect(canonical(1, {})).toBe('<z:b xmlns:z="urn:z" z:k="&quot;&#xA;"></z:b>');
	});
	test('inclusive, of an element: namespaces of its ancestors', () => {
		expect(canonical(1, { exclusive: false })).toBe('<z:b xmlns="urn:d" xmlns:y="urn:y" xmlns:z="urn:z" z:k="&quot;&#xA;"></z:b>');
	});
	test('with inclusive prefixes', () => {
		expect(canonical(1, { inclusivePrefixes: ['y', ''] })).toBe(
			'<z:b xmlns="urn:d" xmlns:y="urn:y" xmlns:z="urn:z" z:k="&quot;&#xA;"></z:b>',
		);
	});
	test('without one element', () => {
		using document = parseXml(Buffer.from(source));
		expect(Buffer.from(canonicalise(document, { without: document.element(1) })).toString()).toBe(
			'<?pi out?>\n<a xmlns="urn:d" b="2" c="3">&lt;&gt;&amp;&#xD;</a>',
		);
	});
});

test('what parses has a canonical form, whatever its namespaces are called', () => {
	const name = fc.oneof(
		fc.constantFrom('relative', '../up', '#part', '?query', '//host/path', 'http:', 'a:', 'urn:a b', 'http://[', '%zz', ''),
		fc.webUrl({ withFragments: true, withQueryParameters: true }),
		fc.string({ maxLength: 6 }),
	);
	let read = 0;
	fc.assert(
		fc.property(name, name, fc.boolean(), (outer, inner, asDefault) => {
			let document: XmlDocument;
			try {
				document = parseXml(xmlDocument(el('a', { [asDefault ? 'xmlns' : 'xmlns:p']: outer }, el('b', { 'xmlns:q': inner, 'q:c': '' }))));
			} catch (error) {
				expect(error).toBeInstanceOf(XmlRefused);
				return;
			}
			using _ = document;
			expect(readTree(document).children).toHaveLength(1);
			expect(canonicalise(document, { exclusive: false }).byteLength).toBeGreaterThan(0);
			read++;
		}),
		{ numRuns: 300 },
	);
	expect(read).toBeGreaterThan(0);
});

import { describe, expect, test } from 'vitest';
import { parseXml } from './document.ts';
import type { XmlLimits } from './limits.ts';
import { XmlRefused } from './refusal.ts';
import { readTree } from './tree.ts';

function reasonOf(text: string, options: XmlLimits = {}): string {
	try {
		using document = parseXml(Buffer.from(text), options);
		readTree(document);
		return 'taken';
	} catch (error) {
		if (error instanceof XmlRefused) return error.reason;
		throw error;
	}
}

describe('what is not well-formed', () => {
	test.each([
		...[
			'',
			' ',
			'text',
			'<',
			'<a',
			'<a>',
			'</a>',
			'<a></b>',
			'<a/><b/>',
			'<a/>text',
			'<a b=1/>',
			'<a b="1" b="2"/>',
			'<a b="<"/>',
			'<a>&foo;</a>',
		],
		...[
			'<a>&#0;</a>',
			'<a>&#xD800;</a>',
			'<a>\u0001</a>',
			'<a>]]></a>',
			'<p:a/>',
			'<a p:b="1"/>',
			'<a xmlns="relative"/>',
			'<a xmlns:p="relative"/>',
			'<a><b xmlns:p="../up" xmlns:q="urn:q" p:c="1"/></a>',
			'<a xmlns:p="#fragment"/>',
			'<a><!-- -- --></a>',
		],
		...[
			'<a><![CDATA[x</a>',
			'<a><?pi</a>',
			' <?xml version="1.0"?><a/>',
			'<a xmlns:xmlns="urn:x"/>',
			'<a xmlns:p=""/>',
			'<!ELEMENT a ANY><a/>',
		],
		...['<a xmlns:x="urn:1" xmlns:y="urn:1" x:b="1" y:b="2"/>', '<a><b></a></b>', '<a b="x', '<a b=\'x"/>', '<!-->', '<a>\u{fffe}</a>'],
		// Well-formed, but libxml2 has no right canonical form for it.
		...['<a xmlns="urn:a&amp;b"/>', '<a><b xmlns:p = "urn:&#x61;"/></a>'],
	])('%j', (text) => {
		expect(reasonOf(text)).toBe('malformed');
	});

	test('the message holds nothing of the document', () => {
		expect(() => parseXml(Buffer.from('<secret><b></secret>'))).toThrow(
			/^The document is not well-formed XML: line 1, column \d+, libxml2 error 76\.$/,
		);
	});
});

describe('document type declarations are refused, with or without entities', () => {
	test.each([
		'<!DOCTYPE a><a/>',
		'<!-- c --><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
		'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
		'<!DOCTYPE a PUBLIC "x" "http://127.0.0.1/x.dtd"><a/>',
		'<?pi <!?><!DOCTYPE a><a/>',
	])('%s', (text) => {
		expect(reasonOf(text)).toBe('doctype');
	});

	test('in UTF-16 too', () => {
		expect(() => parseXml(Buffer.from('\ufeff<!DOCTYPE a><a/>', 'utf16le'))).toThrow(expect.objectContaining({ reason: 'doctype' }));
	});

	test.each(['<a><!-- <!DOCTYPE a> --></a>', '<a><![CDATA[<!DOCTYPE a>]]></a>', '<a><?pi <!DOCTYPE a>?></a>', '<a b="&lt;!DOCTYPE a>"/>'])(
		'but not where it is only text: %s',
		(text) => {
			expect(reasonOf(text)).toBe('taken');
		},
	);
});

describe('limits', () => {
	const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
	const attributes = (count: number) => `<a ${Array.from({ length: count }, (_, index) => `b${index}="x>"`).join(' ')}/>`;
	const namespaces = (count: number) => `<a ${Array.from({ length: count }, (_, index) => `xmlns:p${index} = 'urn:${index}'`).join('\n')}>`;
	test.each<[string, string, string, XmlLimits]>([
		['as deep as allowed', nested(100), 'taken', {}],
		['deeper', nested(101), 'too_deep', {}],
		['empty elements count too', `${'<a>'.repeat(100)}<b/>${'</a>'.repeat(100)}`, 'too_deep', {}],
		['depth in comments and CDATA does not count', `<a><!--${nested(200)}--><![CDATA[${nested(200)}]]></a>`, 'taken', {}],
		['siblings are not depth', `<a>${'<b/>'.repeat(200)}${'<c></c>'.repeat(200)}</a>`, 'taken', {}],
		['as many attributes as allowed', attributes(64), 'taken', {}],
		['more attributes', attributes(65), 'too_many_attributes', {}],
		['namespace declarations in force', `${namespaces(60).repeat(5)}${'</a>'.repeat(5)}`, 'too_many_attributes', {}],
		['namespace declarations one after the other', `<r>${`${namespaces(60)}</a>`.repeat(10)}</r>`, 'taken', {}],
		['as many nodes as allowed', `<a>${'<b/>'.repeat(9)}</a>`, 'taken', { maxNodes: 10 }],
		['more nodes', `<a>${'<b/>'.repeat(10)}</a>`, 'too_many_nodes', { maxNodes: 10 }],
		['text and attributes are nodes', '<a b="1">t<c>u</c>v</a>', 'too_many_nodes', { maxNodes: 5 }],
		['as large as allowed', '<a/>', 'taken', { maxBytes: 4 }],
		['larger', '<a/> ', 'too_large', { maxBytes: 4 }],
	])('%s', (_, text, expected, limits) => {
		expect(reasonOf(text, limits)).toBe(expected);
	});

	test('what would be huge in memory is refused before it is', () => {
		const before = process.memoryUsage().rss;
		expect(reasonOf(`<a>${'<b/>'.repeat(2_000_000)}</a>`)).toBe('too_many_nodes');
		expect(reasonOf('<a>'.repeat(3_000_000))).toBe('too_deep');
		expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
	});

	test('the cost of namespace look-ups is bounded', () => {
		const outer = Array.from(
			{ length: 4 },
			(_, depth) => `<e ${Array.from({ length: 63 }, (_, i) => `xmlns:p${depth}_${i}="urn:${depth}:${i}"`).join(' ')}>`,
		);
		const used = process.threadCpuUsage();
		expect(reasonOf(`${outer.join('')}${'<p3_62:a/>'.repeat(50_000)}${'</e>'.repeat(4)}`)).toBe('taken');
		// Of this thread alone: the machine may be busy with something else.
		expect(process.threadCpuUsage(used).user / 1_000).toBeLessThan(3000);
	});
});

test('XInclude is text like any other', () => {
	using document = parseXml(Buffer.from('<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></a>'));
	expect(readTree(document).children[0]).toMatchObject({ name: 'include', text: '', children: [] });
});

test('elements are found again by their ordinal', () => {
	using document = parseXml(Buffer.from('<a>x<b><c/>y</b><!-- - --><d><e/></d></a>'));
	const names: string[] = [];
	const walk = (element: ReturnType<typeof readTree>): void => {
		names[element.ordinal] = element.name;
		expect(readTree(document.element(element.ordinal)).name).toBe(element.name);
		element.children.forEach(walk);
	};
	walk(readTree(document));
	expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
	expect(() => document.element(5)).toThrow(RangeError);
});

test('a disposed document is no longer used', () => {
	const document = parseXml(Buffer.from('<a/>'));
	const { root } = document;
	document.dispose();
	document.dispose();
	expect(() => readTree(root)).toThrow('disposed');
});

test('memory does not grow with the number of documents, good or bad', () => {
	const content = `<a xmlns="urn:a">${'<b c="1">text</b>'.repeat(500)}`;
	const good = Buffer.from(`${content}</a>`);
	const bad = Buffer.from(`${content}<p:x/></a>`);
	const run = (times: number): number => {
		let refused = 0;
		for (let index = 0; index < times; index++) {
			parseXml(good).dispose();
			try {
				parseXml(bad).dispose();
			} catch {
				refused++;
			}
		}
		expect(refused).toBe(times);
		return process.memoryUsage().rss;
	};
	run(200);
	const before = run(200);
	// Documents that were kept would be 100 MB and more.
	expect(run(1000) - before).toBeLessThan(50e6);
});

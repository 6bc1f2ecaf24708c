import { describe, expect, test } from 'vitest';
import { parseXml } from './document.ts';
import { canonicalBytes, diagnostic, elementNode, node, readDocument } from './libxml.ts';

describe('the fields of libxml2 lie where this version has them', () => {
	test('a diagnostic has its code, level, line and column', () => {
		const seen: object[] = [];
		const pointer = readDocument(Buffer.from('<a>\n  <b></a>'), (error) => {
			seen.push({
				code: diagnostic.code(error),
				level: diagnostic.level(error),
				line: diagnostic.line(error),
				column: diagnostic.column(error),
				message: diagnostic.message(error),
			});
		});
		expect(pointer).toBe(0);
		// XML_ERR_TAG_NAME_MISMATCH
		expect(seen[0]).toEqual({ code: 76, level: 3, line: 2, column: 10, message: 'Opening and ending tag mismatch: b line 2 and a\n' });
	});

	test('nodes are walked by type, name and family', () => {
		using document = parseXml(Buffer.from('<a>t<b/><c/></a>'));
		const root = document.root.pointer;
		const text = node.firstChild(root);
		const b = node.next(text);
		expect([node.type(root), node.type(text), node.name(b), node.name(node.next(b))]).toEqual([elementNode, 3, 'b', 'c']);
		expect(node.parent(b)).toBe(root);
	});
});

test('a canonical form that libxml2 refuses is no canonical form', () => {
	const pointer = readDocument(Buffer.from('<a xmlns="relative"/>'), () => {});
	expect(pointer).not.toBe(0);
	expect(canonicalBytes(pointer, 1, false, [])).toBeUndefined();
});

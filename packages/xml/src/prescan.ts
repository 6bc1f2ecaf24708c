import type { XmlLimits } from './limits.ts';
import { XmlRefused } from './refusal.ts';

const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const question = 0x3f;
const exclamation = 0x21;
const quote = 0x22;
const apostrophe = 0x27;

/**
 * Counts what libxml2 has no limit for, before it parses. On a well-formed document the counts are exact, because `<` opens markup
 * everywhere outside comments, CDATA and instructions; on another they are right up to its first error, where the parser stops.
 * @throws XmlRefused for a document type declaration, or what goes beyond a limit
 */
export function prescan(bytes: Uint8Array, limits: Required<XmlLimits>): void {
	const length = bytes.length;
	const namespacesAt: number[] = [0];
	let depth = 0;
	let nodes = 0;
	let at = 0;
	while (at < length) {
		if (bytes[at] !== lessThan) {
			nodes++;
			while (at < length && bytes[at] !== lessThan) at++;
			continue;
		}
		const next = bytes[at + 1];
		if (next !== slash) nodes++;
		if (nodes > limits.maxNodes) throw new XmlRefused('too_many_nodes', `The document has more than ${limits.maxNodes} nodes.`);
		if (next === slash) {
			at = after(bytes, at, '>');
			if (--depth < 0) throw malformed();
		} else if (next === question) {
			at = after(bytes, at + 2, '?>');
		} else if (next === exclamation) {
			at = afterDeclaration(bytes, at);
		} else {
			if (++depth > limits.maxDepth) throw new XmlRefused('too_deep', `Elements are nested deeper than ${limits.maxDepth}.`);
			let attributes = 0;
			let namespaces = namespacesAt[depth - 1] ?? 0;
			let nameAt = 0;
			let betweenAttributes = false;
			at++;
			for (; at < length && bytes[at] !== greaterThan; at++) {
				const byte = bytes[at];
				if (byte === quote || byte === apostrophe) {
					attributes++;
					const valueAt = at + 1;
					at = bytes.indexOf(byte, valueAt);
					if (at < 0) throw malformed();
					if (isNamespaceDeclaration(bytes, nameAt)) {
						namespaces++;
						if (holdsReference(bytes, valueAt, at))
							throw new XmlRefused('malformed', 'A namespace name with a reference in it is not taken.');
					}
					betweenAttributes = true;
				} else if (byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d) {
					if (attributes === 0 && nameAt === 0) betweenAttributes = true;
				} else if (betweenAttributes) {
					nameAt = at;
					betweenAttributes = false;
				}
			}
			if (at >= length) throw malformed();
			if (attributes > limits.maxAttributes) {
				throw new XmlRefused('too_many_attributes', `An element has more than ${limits.maxAttributes} attributes.`);
			}
			if (namespaces > limits.maxNamespaces) {
				throw new XmlRefused('too_many_attributes', `More than ${limits.maxNamespaces} namespace declarations are in force at once.`);
			}
			nodes += attributes;
			if (bytes[at - 1] === slash) depth--;
			else namespacesAt[depth] = namespaces;
			at++;
		}
	}
	if (nodes > limits.maxNodes) throw new XmlRefused('too_many_nodes', `The document has more than ${limits.maxNodes} nodes.`);
}

function afterDeclaration(bytes: Uint8Array, at: number): number {
	if (startsWith(bytes, at, '<!--')) return after(bytes, at + 4, '-->');
	if (startsWith(bytes, at, '<![CDATA[')) return after(bytes, at + 9, ']]>');
	if (startsWith(bytes, at, '<!DOCTYPE')) throw new XmlRefused('doctype', 'A document type declaration is not taken.');
	throw malformed();
}

/** Whether an attribute whose name starts at `at` declares a namespace (or merely begins like one: counting too many is safe). */
function isNamespaceDeclaration(bytes: Uint8Array, at: number): boolean {
	return bytes[at] === 0x78 && startsWith(bytes, at, 'xmlns');
}

/** libxml2 does not escape `&` in namespace names when it writes a canonical form, so what has one could not be read or signed faithfully. */
function holdsReference(bytes: Uint8Array, from: number, to: number): boolean {
	for (let at = from; at < to; at++) if (bytes[at] === 0x26) return true;
	return false;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
	for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
	return true;
}

function after(bytes: Uint8Array, from: number, text: string): number {
	const last = text.charCodeAt(text.length - 1);
	let at = from;
	for (;;) {
		at = bytes.indexOf(last, at);
		if (at < 0) throw malformed();
		at++;
		if (at - text.length >= from && startsWith(bytes, at - text.length, text)) return at;
	}
}

function malformed(): XmlRefused {
	return new XmlRefused('malformed', 'The document is not well-formed XML.');
}

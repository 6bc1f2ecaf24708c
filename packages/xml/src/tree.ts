import { canonicalise } from './canonical.ts';
import type { XmlDocument, XmlNode } from './document.ts';

/** One attribute; namespace declarations are not among them. */
export interface XmlAttribute {
	/** `''` for none. */
	readonly namespace: string;
	readonly name: string;
	readonly value: string;
}

/** One element of a document, read-only and free of libxml2: it outlives the document. */
export interface XmlElement {
	/** `''` for none. */
	readonly namespace: string;
	/** The local name. */
	readonly name: string;
	readonly attributes: readonly XmlAttribute[];
	/** Child elements, in order. */
	readonly children: readonly XmlElement[];
	/** The text directly inside, of all runs between the children together; CDATA is text, comments are nothing. */
	readonly text: string;
	/** Its place when the elements of what was read are counted in document order, from 0. */
	readonly ordinal: number;
}

interface Building extends XmlElement {
	readonly children: Building[];
	text: string;
}

/**
 * Reads a document, or one element, into plain objects. One parser decides what the document says: this scans the canonical form that libxml2 writes,
 * whose grammar is so small (no entities but six, no CDATA, no empty-element tags, no comments, double quotes) that nothing is left to interpret;
 * it is up to twice as fast as walking libxml2's nodes one call at a time.
 */
export function readTree(what: XmlDocument | XmlNode): XmlElement {
	return scanCanonical(Buffer.from(canonicalise(what)).toString('utf8'));
}

/** The first child element of that local name, in the parent's namespace unless another is given. */
export function childOf(parent: XmlElement, name: string, namespace: string = parent.namespace): XmlElement | undefined {
	return parent.children.find((child) => child.name === name && child.namespace === namespace);
}

/** All child elements of that local name, in the parent's namespace unless another is given. */
export function childrenOf(parent: XmlElement, name: string, namespace: string = parent.namespace): readonly XmlElement[] {
	return parent.children.filter((child) => child.name === name && child.namespace === namespace);
}

/** The text of the first child element of that local name, or undefined when there is none. */
export function textOf(parent: XmlElement, name: string, namespace: string = parent.namespace): string | undefined {
	return childOf(parent, name, namespace)?.text;
}

/** The value of an attribute, or undefined. */
export function attributeOf(element: XmlElement, name: string, namespace = ''): string | undefined {
	return element.attributes.find((attribute) => attribute.name === name && attribute.namespace === namespace)?.value;
}

type Scope = ReadonlyMap<string, string>;
const outermost: Scope = new Map([
	['', ''],
	['xml', 'http://www.w3.org/XML/1998/namespace'],
]);

/**
 * Reads a canonical form (Canonical XML 1.0 or Exclusive, without comments).
 * @throws Error at anything that a canonical form does not have
 */
export function scanCanonical(text: string): XmlElement {
	const open: Building[] = [];
	const scopes: Scope[] = [outermost];
	let root: Building | undefined;
	let ordinal = 0;
	let at = 0;
	while (at < text.length) {
		const next = text.indexOf('<', at);
		if (next !== at) {
			const parent = open[open.length - 1];
			const run = text.slice(at, next < 0 ? text.length : next);
			if (parent) parent.text += unescaped(run);
			else if (run !== '\n') throw notCanonical();
			if (next < 0) break;
		}
		at = next + 1;
		const kind = text.charCodeAt(at);
		if (kind === 0x2f) {
			if (!open.pop()) throw notCanonical();
			scopes.pop();
			at = text.indexOf('>', at) + 1;
		} else if (kind === 0x3f) {
			at = text.indexOf('?>', at) + 2;
			if (at === 1) throw notCanonical();
		} else {
			const start = scanStart(text, at, scopes[scopes.length - 1] ?? outermost, ordinal++);
			at = start.end;
			const parent = open[open.length - 1];
			if (parent) parent.children.push(start.element);
			else if (root) throw notCanonical();
			else root = start.element;
			open.push(start.element);
			scopes.push(start.scope);
		}
		if (at === 0) throw notCanonical();
	}
	if (!root || open.length > 0) throw notCanonical();
	return root;
}

const nameEnd = /[ >]/g;
const noName = /[\s<>"'&/=]/;

function scanStart(text: string, from: number, outer: Scope, ordinal: number): { element: Building; scope: Scope; end: number } {
	nameEnd.lastIndex = from;
	let at = nameEnd.exec(text)?.index ?? -1;
	if (at <= from) throw notCanonical();
	const name = text.slice(from, at);
	if (noName.test(name)) throw notCanonical();
	let scope: Map<string, string> | undefined;
	let raw: { name: string; value: string }[] | undefined;
	while (text.charCodeAt(at) === 0x20) {
		const equals = text.indexOf('="', at);
		const end = equals < 0 ? -1 : text.indexOf('"', equals + 2);
		if (end < 0) throw notCanonical();
		const attribute = text.slice(at + 1, equals);
		if (noName.test(attribute)) throw notCanonical();
		const value = unescaped(text.slice(equals + 2, end));
		if (attribute === 'xmlns' || attribute.startsWith('xmlns:')) {
			scope ??= new Map(outer);
			scope.set(attribute.slice(6), value);
		} else {
			raw ??= [];
			raw.push({ name: attribute, value });
		}
		at = end + 1;
	}
	if (text.charCodeAt(at) !== 0x3e) throw notCanonical();
	const inner = scope ?? outer;
	const attributes = raw ? raw.map((one) => ({ ...resolved(one.name, inner, true), value: one.value })) : none;
	return { element: { ...resolved(name, inner, false), attributes, children: [], text: '', ordinal }, scope: inner, end: at + 1 };
}

const none: readonly XmlAttribute[] = [];

function resolved(qualified: string, scope: Scope, attribute: boolean): { namespace: string; name: string } {
	const colon = qualified.indexOf(':');
	if (colon < 0) return { namespace: attribute ? '' : (scope.get('') ?? ''), name: qualified };
	const namespace = scope.get(qualified.slice(0, colon));
	if (namespace === undefined) throw notCanonical();
	return { namespace, name: qualified.slice(colon + 1) };
}

const references: Readonly<Record<string, string>> = {
	'&amp;': '&',
	'&lt;': '<',
	'&gt;': '>',
	'&quot;': '"',
	'&#x9;': '\t',
	'&#xA;': '\n',
	'&#xD;': '\r',
};

function unescaped(text: string): string {
	if (!text.includes('&')) return text;
	return text.replace(/&[^;]*;?/g, (reference) => {
		const character = references[reference];
		if (character === undefined) throw notCanonical();
		return character;
	});
}

function notCanonical(): Error {
	return new Error('not a canonical form');
}

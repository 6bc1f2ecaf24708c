// XML 1.0 production 2, turned round: no other character can stand in a document, not even as a reference.
const forbidden = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
// One test decides for most strings that nothing is to be done: all but & < > ", surrogates and what lies below the space.
const needsCare = /[^\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd]/;

/**
 * Text between tags, escaped as Canonical XML 1.0 does. A character that XML 1.0 forbids becomes U+FFFD: text comes from people
 * and databases, and a document with a mark in it is better than none.
 */
export function escapeText(text: string): string {
	if (!needsCare.test(text)) return text;
	return text
		.replace(forbidden, '\ufffd')
		.replace(/[&<>\r]/g, (character) => (character === '&' ? '&amp;' : character === '<' ? '&lt;' : character === '>' ? '&gt;' : '&#xD;'));
}

const attributeEscapes: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'"': '&quot;',
	'\t': '&#x9;',
	'\n': '&#xA;',
	'\r': '&#xD;',
};

/** The value of an attribute between double quotes, escaped as Canonical XML 1.0 does; forbidden characters as in {@link escapeText}. */
export function escapeAttribute(value: string): string {
	if (!needsCare.test(value)) return value;
	return value.replace(forbidden, '\ufffd').replace(/[&<"\t\n\r]/g, (character) => attributeEscapes[character] ?? character);
}

/** Markup that is well-formed already and is not escaped again. Made by {@link el} and {@link rawXml}. */
export interface XmlMarkup {
	readonly markup: string;
}

/** What may stand inside an element: text is escaped, markup is not, `undefined`, `null` and `false` are nothing. */
export type XmlContent = XmlMarkup | string | number | bigint | boolean | Date | null | undefined | readonly XmlContent[];

/** Attributes by qualified name, `xmlns` and `xmlns:prefix` among them; `undefined` is left out. */
export type XmlAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

// ASCII names are all that we ever write.
const qualifiedName = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;
const knownNames = new Set<string>();

/**
 * One element: `el('soap:Body', {}, el('a', { b: 1 }, 'text'))`. Attributes stand in the order given and an empty element has two tags, so that
 * what is written in canonical order is in canonical form. A Date is written as an xs:dateTime in UTC.
 * @throws TypeError for a name that is not one
 */
export function el(name: string, attributes: XmlAttributes = {}, ...children: readonly XmlContent[]): XmlMarkup {
	let start = `<${checked(name)}`;
	for (const key in attributes) {
		const value = attributes[key];
		if (value !== undefined) start += ` ${checked(key)}="${escapeAttribute(String(value))}"`;
	}
	return { markup: `${start}>${content(children)}</${name}>` };
}

/** Marks a string as well-formed markup. The caller answers for it. */
export function rawXml(markup: string): XmlMarkup {
	return { markup };
}

/** Several pieces as one. */
export function fragment(...children: readonly XmlContent[]): XmlMarkup {
	return { markup: content(children) };
}

/** A whole document in UTF-8, with its declaration. */
export function xmlDocument(root: XmlMarkup): Uint8Array {
	return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root.markup}`, 'utf8');
}

function content(children: readonly XmlContent[]): string {
	let written = '';
	for (const child of children) {
		if (typeof child === 'string') written += escapeText(child);
		else if (child === undefined || child === null || child === false) continue;
		else if (child instanceof Date) written += child.toISOString();
		else if (typeof child !== 'object') written += String(child);
		else if (isList(child)) written += content(child);
		else written += child.markup;
	}
	return written;
}

function isList(child: XmlMarkup | readonly XmlContent[]): child is readonly XmlContent[] {
	return Array.isArray(child);
}

function checked(name: string): string {
	if (knownNames.has(name)) return name;
	if (!qualifiedName.test(name)) throw new TypeError('not a name for an element or attribute');
	if (knownNames.size < 1000) knownNames.add(name);
	return name;
}

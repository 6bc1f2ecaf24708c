import { toUtf8 } from './encoding.ts';
import { diagnostic, elementNode, freeDocument, node, type Pointer, readDocument, rootOf } from './libxml.ts';
import { defaultLimits, type XmlLimits } from './limits.ts';
import { prescan } from './prescan.ts';
import { XmlRefused } from './refusal.ts';

/** What {@link parseXml} takes besides the bytes. */
export interface ParseXmlOptions extends XmlLimits {
	/** The `charset` of the HTTP Content-Type, which must agree with the document's own statements. */
	readonly charset?: string;
}

/** An element inside a parsed document; of no use once the document is disposed. */
export interface XmlNode {
	readonly document: XmlDocument;
	/** Where libxml2 keeps it. For this package only. */
	readonly pointer: Pointer;
}

/** A parsed document in the memory of libxml2. Must be disposed (`using document = parseXml(...)`): nothing else frees it. */
export class XmlDocument implements Disposable {
	#pointer: Pointer;

	/** @internal Use {@link parseXml}. */
	constructor(pointer: Pointer) {
		this.#pointer = pointer;
	}

	/** Where libxml2 keeps it. For this package only. @throws Error once disposed */
	get pointer(): Pointer {
		if (this.#pointer === 0) throw new Error('this XML document is disposed');
		return this.#pointer;
	}

	/** The document element. */
	get root(): XmlNode {
		return { document: this, pointer: rootOf(this.pointer) };
	}

	/**
	 * The element that comes at this place when all are counted in document order, the root being 0: `readTree` gives the number.
	 * @throws RangeError when there are not so many
	 */
	element(ordinal: number): XmlNode {
		let left = ordinal;
		let at = rootOf(this.pointer);
		while (at !== 0) {
			if (node.type(at) === elementNode && left-- === 0) return { document: this, pointer: at };
			at = following(at, this.pointer);
		}
		throw new RangeError(`no element ${ordinal}`);
	}

	dispose(): void {
		if (this.#pointer !== 0) freeDocument(this.#pointer);
		this.#pointer = 0;
	}

	[Symbol.dispose](): void {
		this.dispose();
	}
}

/** The next node in document order, 0 after the last. */
export function following(at: Pointer, document: Pointer): Pointer {
	const child = node.type(at) === elementNode ? node.firstChild(at) : 0;
	if (child !== 0) return child;
	let up = at;
	while (up !== 0 && up !== document) {
		const next = node.next(up);
		if (next !== 0) return next;
		up = node.parent(up);
	}
	return 0;
}

/**
 * Parses a document that may be hostile: no document type declaration at all, so no entities but the five and character references;
 * nothing is fetched or read from disk; limits hold before libxml2 sees a byte. The caller disposes what it gets.
 * @throws XmlRefused with the reason; a relative namespace name counts as `malformed`, since it has no canonical form
 */
export function parseXml(bytes: Uint8Array, options: ParseXmlOptions = {}): XmlDocument {
	const limits = { ...defaultLimits, ...options };
	if (bytes.byteLength > limits.maxBytes) throw new XmlRefused('too_large', `The document is larger than ${limits.maxBytes} bytes.`);
	const utf8 = toUtf8(bytes, options.charset);
	prescan(utf8, limits);
	let problem: string | undefined;
	const pointer = readDocument(utf8, (error) => {
		const code = diagnostic.code(error);
		if (problem !== undefined || (diagnostic.level(error) < 2 && code !== relativeNamespace)) return;
		problem = `line ${diagnostic.line(error)}, column ${diagnostic.column(error)}, libxml2 error ${code}`;
	});
	if (pointer === 0 || problem !== undefined) {
		if (pointer !== 0) freeDocument(pointer);
		throw new XmlRefused('malformed', `The document is not well-formed XML: ${problem ?? 'it is empty'}.`);
	}
	return new XmlDocument(pointer);
}

/** XML_WAR_NS_URI_RELATIVE of libxml2. */
const relativeNamespace = 100;

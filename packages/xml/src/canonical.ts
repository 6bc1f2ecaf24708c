import { XmlDocument, type XmlNode } from './document.ts';
import { canonicalBytes, type Pointer } from './libxml.ts';

/** Which canonical form. */
export interface CanonicalOptions {
	/** True: Exclusive XML Canonicalization 1.0; false: Canonical XML 1.0. Default true. */
	readonly exclusive?: boolean;
	/** The InclusiveNamespaces PrefixList of the exclusive form; `''` stands for the default namespace. Default none. */
	readonly inclusivePrefixes?: readonly string[];
	/** Keeps comments. Default false. */
	readonly comments?: boolean;
	/** An element that is left out with all below it, as the enveloped-signature transform leaves out the signature. */
	readonly without?: XmlNode;
}

/**
 * The canonical form of a document, or of one element with all below it, as UTF-8.
 * @throws Error when libxml2 cannot make it, which no document of `parseXml` brings about
 */
export function canonicalise(what: XmlDocument | XmlNode, options: CanonicalOptions = {}): Uint8Array {
	const { exclusive = true, inclusivePrefixes = [], comments = false, without } = options;
	const whole = what instanceof XmlDocument;
	const document = whole ? what : what.document;
	const prefixes = inclusivePrefixes.map((prefix) => prefix || '#default');
	const visible = whole && !without ? undefined : visibility(whole ? undefined : what.pointer, without?.pointer);
	const bytes = canonicalBytes(document.pointer, exclusive ? 1 : 0, comments, prefixes, visible);
	if (!bytes) throw new Error('libxml2 made no canonical form');
	return bytes;
}

/** libxml2 asks for parents before their children, so one set of what is in (or out) decides the rest without walking up. */
function visibility(root: Pointer | undefined, without: Pointer | undefined) {
	const out = new Set<Pointer>();
	if (without !== undefined) out.add(without);
	const inside = new Set<Pointer>();
	return (child: Pointer, parent: Pointer): boolean => {
		if (out.has(child)) return false;
		if (out.has(parent)) {
			out.add(child);
			return false;
		}
		if (root === undefined || child === root) {
			inside.add(child);
			return true;
		}
		if (!inside.has(parent)) return false;
		inside.add(child);
		return true;
	};
}

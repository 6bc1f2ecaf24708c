import { el, type XmlMarkup, xmlDocument } from '@fefaent/xml';
import type { EvidenceNode } from '../domain/node.ts';

/** Writes an evidence as a document. */
export function writeDocument(root: EvidenceNode): Uint8Array {
	return xmlDocument(markup(root));
}

function markup({ name, attributes, content }: EvidenceNode): XmlMarkup {
	return typeof content === 'string' ? el(name, attributes, content) : el(name, attributes, content.map(markup));
}

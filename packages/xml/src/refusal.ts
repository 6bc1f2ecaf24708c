/**
 * Why a document was refused before anything was read from it.
 *
 * - `malformed`: not well-formed XML 1.0 with namespaces
 * - `doctype`: has a document type declaration, whatever is in it
 * - `too_large`, `too_deep`, `too_many_attributes`, `too_many_nodes`: beyond a limit of {@link XmlLimits}
 * - `encoding`: an encoding that is not taken, bytes that are invalid in it, or two statements about it that disagree
 */
export type XmlRefusal = 'malformed' | 'doctype' | 'too_large' | 'too_deep' | 'too_many_attributes' | 'too_many_nodes' | 'encoding';

/** Thrown by `parseXml`. The message is short and holds nothing of the document, so it may be logged and answered. */
export class XmlRefused extends Error {
	override readonly name = 'XmlRefused';
	readonly reason: XmlRefusal;

	constructor(reason: XmlRefusal, message: string) {
		super(message);
		this.reason = reason;
	}
}

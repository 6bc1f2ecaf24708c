const lexical = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The bytes of an xs:base64Binary (XSD part 2, 3.2.16), or undefined when the text is none: other characters than the alphabet and white space, wrong
 * padding, or bits set beyond the last byte, by which two texts would stand for the same bytes. libxml2 lets the first of these pass
 * (eNotumLite contract, decision 3).
 */
export function decodeBase64(text: string): Uint8Array | undefined {
	const packed = /[ \t\r\n]/.test(text) ? text.replace(/[ \t\r\n]+/g, '') : text;
	if (packed.length % 4 !== 0 || !lexical.test(packed)) return undefined;
	const bytes = Buffer.from(packed, 'base64');
	return packed.endsWith('=') && bytes.toString('base64') !== packed ? undefined : bytes;
}

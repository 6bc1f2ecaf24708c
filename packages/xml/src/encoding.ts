import { isUtf8 } from 'node:buffer';
import { XmlRefused } from './refusal.ts';

type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'ISO-8859-1' | 'ISO-8859-15';

/** Names (upper case) by which a declaration or a `charset` may call the encodings that are taken. UTF-16 leaves the byte order to the mark. */
const names: Readonly<Record<string, Encoding | 'UTF-16'>> = {
	'UTF-8': 'UTF-8',
	UTF8: 'UTF-8',
	'UTF-16': 'UTF-16',
	'UTF-16LE': 'UTF-16LE',
	'UTF-16BE': 'UTF-16BE',
	'ISO-8859-1': 'ISO-8859-1',
	LATIN1: 'ISO-8859-1',
	'ISO-8859-15': 'ISO-8859-15',
	'LATIN-9': 'ISO-8859-15',
};

/** XMLDecl of XML 1.0 (production 23), version 1.0 only. */
const declaration =
	/^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/;

/**
 * Decides the encoding and gives the document as UTF-8 without a byte order mark, so that the parser never decides for itself
 * (eNotumLite contract, decision 14). Taken: UTF-8, UTF-16 with a byte order mark, ISO-8859-1 and ISO-8859-15 when declared.
 * @param charset what the transport says of it (RFC 7303), if anything
 * @throws XmlRefused `encoding` when the mark, the declaration, the charset and the bytes do not agree; `malformed` for a bad declaration
 */
export function toUtf8(bytes: Uint8Array, charset?: string): Uint8Array {
	const mark = markOf(bytes);
	const transport = charset === undefined ? undefined : named(charset);
	if (mark === undefined && (bytes[0] === 0 || bytes[1] === 0)) throw refuse('it looks like UTF-16 or UTF-32 without a byte order mark');
	if (mark === 'UTF-16LE' || mark === 'UTF-16BE') {
		const text = decoded(bytes, mark);
		agree(mark, declared(text.slice(0, 256)));
		agree(mark, transport);
		return Buffer.from(text, 'utf8');
	}
	const body = mark ? bytes.subarray(3) : bytes;
	const inside = declared(Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 256)).toString('latin1'));
	if (inside) agree(inside, transport);
	const stated = mark ?? inside ?? transport ?? 'UTF-8';
	if (mark) {
		agree(mark, inside);
		agree(mark, transport);
	}
	if (stated === 'UTF-8') {
		if (!isUtf8(body)) throw refuse('the bytes are not UTF-8');
		return body;
	}
	if (stated === 'ISO-8859-1') return Buffer.from(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'utf8');
	if (stated === 'ISO-8859-15') return Buffer.from(new TextDecoder('iso-8859-15').decode(body), 'utf8');
	throw refuse('UTF-16 is stated but there is no byte order mark');
}

function markOf(bytes: Uint8Array): Encoding | undefined {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'UTF-8';
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'UTF-16LE';
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'UTF-16BE';
	return undefined;
}

function decoded(bytes: Uint8Array, encoding: 'UTF-16LE' | 'UTF-16BE'): string {
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes);
	} catch {
		throw refuse('the bytes are not UTF-16');
	}
}

function declared(start: string): Encoding | 'UTF-16' | undefined {
	if (!/^<\?xml[ \t\r\n]/.test(start)) return undefined;
	const match = declaration.exec(start);
	if (!match) throw new XmlRefused('malformed', 'the XML declaration is not one of XML 1.0');
	const name = match[1] ?? match[2];
	return name === undefined ? undefined : named(name);
}

function named(name: string): Encoding | 'UTF-16' {
	const upper = name.toUpperCase();
	const known = Object.hasOwn(names, upper) ? names[upper] : undefined;
	if (!known) throw refuse('the stated encoding is not taken');
	return known;
}

function agree(real: Encoding | 'UTF-16', stated: Encoding | 'UTF-16' | undefined): void {
	if (stated === undefined || stated === real) return;
	if (stated === 'UTF-16' && real.startsWith('UTF-16')) return;
	if (real === 'UTF-16' && stated.startsWith('UTF-16')) return;
	throw refuse('two statements about the encoding disagree');
}

function refuse(why: string): XmlRefused {
	return new XmlRefused('encoding', `The encoding is refused: ${why}.`);
}

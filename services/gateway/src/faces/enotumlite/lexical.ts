/** Whitespace of XML 1.0, and of it alone: `trim()` would take away more. */
const around = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** A value as XSD reads it where whitespace collapses (numbers, dates, booleans). */
export function collapsed(text: string): string {
	return text.replace(around, '');
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Decodes xs:base64Binary strictly: spaces may stand anywhere, anything else outside the alphabet makes it no base64 (eNotumLite contract,
 * decision 3). Bits that stand for nothing are passed over, as libxml2 does.
 * @returns undefined when it is no base64
 */
export function decodeBase64(text: string): Uint8Array | undefined {
	const bare = /[ \t\r\n]/.test(text) ? text.replace(/[ \t\r\n]+/g, '') : text;
	return base64.test(bare) ? Buffer.from(bare, 'base64') : undefined;
}

/** What an id can be: no larger than 2^53, and positive. */
const plainId = /^\+?0*([1-9][0-9]{0,15})$/;

/** Reads an xs:integer that could be one of our ids. @returns undefined when it cannot: huge, zero or negative */
export function toId(text: string): number | undefined {
	const digits = plainId.exec(collapsed(text))?.[1];
	if (digits === undefined) return undefined;
	const id = Number(digits);
	return Number.isSafeInteger(id) ? id : undefined;
}

/** The length of a text in characters, as XSD counts it: a pair of surrogates is one. */
export function characters(text: string): number {
	let count = text.length;
	for (let index = 0; index < text.length - 1; index++) {
		const code = text.charCodeAt(index);
		if (code >= 0xd800 && code <= 0xdbff) {
			count--;
			index++;
		}
	}
	return count;
}

/** Whether a text is longer than `most` characters. */
export function longerThan(text: string, most: number): boolean {
	return text.length > most && characters(text) > most;
}

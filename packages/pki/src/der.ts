/**
 * Just enough DER (X.690) to mint time-stamp tokens many times faster than the general libraries do, and to find one's way in
 * what was parsed before. What others sent is understood by pkijs, not by this.
 */

/** Encodes one value: tag, length, contents. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
	let length = 0;
	for (const part of contents) length += part.length;
	const header = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
	if (length > 0xffff) throw new RangeError(`too long for this encoder: ${length} bytes`);
	const out = Buffer.allocUnsafe(header.length + length);
	out.set(header);
	let at = header.length;
	for (const part of contents) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

/** SEQUENCE. */
export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
/** SET OF: sorted as DER demands (X.690 section 11.6). */
export const setOf = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...[...parts].sort(Buffer.compare));
/** OCTET STRING. */
export const octetString = (bytes: Uint8Array): Buffer => tlv(0x04, bytes);
/** BOOLEAN TRUE. */
export const derTrue: Buffer = tlv(0x01, Buffer.from([0xff]));
/** NULL. */
export const derNull: Buffer = tlv(0x05);

/** INTEGER from unsigned big-endian bytes: leading zeros dropped, one added where the sign bit would be set. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
	let start = 0;
	while (start < bytes.length - 1 && bytes[start] === 0) start++;
	const value = bytes.subarray(start);
	return ((value[0] ?? 0) & 0x80) !== 0 || value.length === 0 ? tlv(0x02, Buffer.from([0]), value) : tlv(0x02, value);
}

/** OBJECT IDENTIFIER from dotted text. */
export function objectIdentifier(dotted: string): Buffer {
	const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
	return tlv(0x06, Buffer.from([first * 40n + second, ...rest].flatMap(base128)));
}

function base128(arc: bigint): number[] {
	const digits = [Number(arc & 0x7fn)];
	for (let left = arc >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80);
	return digits;
}

/** GeneralizedTime with milliseconds, without trailing zeros (RFC 3161 section 2.4.2). */
export function generalizedTime(at: Date): Buffer {
	const text = at
		.toISOString()
		.replace(/[-:T]/g, '')
		.replace(/\.?0*Z$/, 'Z');
	return tlv(0x18, Buffer.from(text, 'latin1'));
}

/** One value found in DER: where it and its contents begin and end. */
export interface DerNode {
	readonly tag: number;
	readonly start: number;
	readonly content: number;
	readonly end: number;
}

/** The value at `start`. @throws RangeError when it does not lie within the bytes */
export function nodeAt(der: Uint8Array, start: number): DerNode {
	const tag = der[start];
	const first = der[start + 1];
	if (tag === undefined || first === undefined) throw new RangeError('DER ends early');
	let content = start + 2;
	let length = first;
	if (first === 0x80) throw new RangeError('indefinite length is not DER');
	if (first > 0x80) {
		length = 0;
		for (let left = first & 0x7f; left > 0; left--) length = length * 256 + (der[content++] ?? 0);
	}
	if (content + length > der.length) throw new RangeError('DER ends early');
	return { tag, start, content, end: content + length };
}

/** The values within a constructed one. */
export function childrenOf(der: Uint8Array, parent: DerNode): DerNode[] {
	const children: DerNode[] = [];
	for (let at = parent.content; at < parent.end; ) {
		const child = nodeAt(der, at);
		children.push(child);
		at = child.end;
	}
	return children;
}

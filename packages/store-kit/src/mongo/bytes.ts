import { mongo } from 'mongoose';

/** Bytes that a lean read gives as the driver's own wrapper or as a `Buffer`, as a plain array: what is decoded from them is the same on every store. */
export function bytes(value: Uint8Array | mongo.Binary): Uint8Array {
	const { buffer, byteOffset, byteLength } = value instanceof mongo.Binary ? value.buffer : value;
	return new Uint8Array(buffer, byteOffset, byteLength);
}

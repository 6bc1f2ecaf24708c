/** Metadata keys of every call over gRPC. */
export const metadataKeys = { caller: 'fefaent-caller', traceparent: 'traceparent' } as const;

/** Largest encoded message in bytes, unless told otherwise: a hundred items with room to spare. */
export const defaultMaxMessageBytes = 16 * 1024 * 1024;

/** How often an idle connection is probed, and how long the answer may take, in milliseconds. */
export const keepalive = { everyMs: 30_000, timeoutMs: 10_000 };

/** The HTTP/2 path of a method. */
export function methodPath(service: string, method: string): string {
	return `/${service}/${method}`;
}

/** The same bytes as a plain array: what handlers get of a Buffer would be Buffers too, whose `slice` does not copy. */
export function plainBytes(buffer: Buffer): Uint8Array {
	return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

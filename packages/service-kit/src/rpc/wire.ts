/** Metadata keys of every call over gRPC. */
export const metadataKeys = { caller: 'fefaent-caller', requestId: 'fefaent-request-id', traceparent: 'traceparent' } as const;

/** Largest encoded message in bytes, unless told otherwise. A batch may be larger: callers then ask in halves (`batches.ts`). */
export const defaultMaxMessageBytes = 16 * 1024 * 1024;

/** How often an idle connection is probed, and how long the answer may take, in milliseconds. */
export const keepalive = { everyMs: 30_000, timeoutMs: 10_000 };

/**
 * How soon a service that could not be reached is tried again, and how often its name is looked up at most, in milliseconds. Calls wait for a service that
 * is being started again, so the library's own two minutes and half a minute would be failures.
 */
export const reconnection = { firstMs: 200, maxMs: 2_000, resolveMs: 1_000 };

/** The HTTP/2 path of a method. */
export function methodPath(service: string, method: string): string {
	return `/${service}/${method}`;
}

/** The same bytes as a plain array: what handlers get of a Buffer would be Buffers too, whose `slice` does not copy. */
export function plainBytes(buffer: Buffer): Uint8Array {
	return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Files by key. Keys are paths of plain segments (`exports/DEMO/2026/12.zip`), see the adapters for what they refuse. */
export interface BlobStore {
	/** Writes a blob whole or not at all; resolved when durable. One that exists is replaced. @throws RangeError for a key that is no path of plain segments */
	put(key: string, content: Uint8Array): Promise<void>;
	/** Its content; nothing when there is no such blob. */
	get(key: string): Promise<Uint8Array | undefined>;
}

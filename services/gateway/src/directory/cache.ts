interface Entry<V> {
	readonly value: Promise<V>;
	readonly until: number;
}

/**
 * Remembers what was read for a short time, absences included. Concurrent readers of one key share one read; a failed read is forgotten. Bounded: the
 * oldest entry goes first, so that made-up keys cannot fill the memory.
 */
export class ReadCache<V> {
	readonly #entries = new Map<string, Entry<V>>();
	readonly #ttlMs: number;
	readonly #maxEntries: number;

	/** @param ttlMs how stale an answer may be where another process wrote, in milliseconds of real time */
	constructor(ttlMs: number, maxEntries = 10_000) {
		this.#ttlMs = ttlMs;
		this.#maxEntries = maxEntries;
	}

	/** What is remembered, else what `read` answers. */
	get(key: string, read: () => Promise<V>): Promise<V> {
		const known = this.#entries.get(key);
		// Real time: this guards against other processes, and a sandbox clock that stands still must not freeze it.
		const now = performance.now();
		if (known && known.until > now) return known.value;
		this.#entries.delete(key);
		if (this.#entries.size >= this.#maxEntries) {
			const oldest = this.#entries.keys().next();
			if (!oldest.done) this.#entries.delete(oldest.value);
		}
		const entry = { value: read(), until: now + this.#ttlMs };
		this.#entries.set(key, entry);
		entry.value.catch(() => {
			if (this.#entries.get(key) === entry) this.#entries.delete(key);
		});
		return entry.value;
	}

	/** Forgets everything: after a write of this process. */
	clear(): void {
		this.#entries.clear();
	}
}

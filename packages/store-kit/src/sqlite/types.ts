/** What SQLite gives and takes. Integers come as JS numbers: ids and instants stay below 2^53. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** One row as read, by column name. */
export type Row = Record<string, SqlValue>;

/** One step of a schema. Once released it never changes: a checksum of `sql` is kept and compared at every start. */
export interface Migration {
	/** Positive; ascending within the list. */
	readonly version: number;
	readonly name: string;
	/** One or more statements, run in one transaction. */
	readonly sql: string;
}

/** How a database is opened. */
export interface DatabaseOptions {
	/** The file; its folder is made when missing. */
	readonly path: string;
	readonly migrations: readonly Migration[];
	/** Names its crash points (`store.<name>.before-commit`) and errors. */
	readonly name: string;
	/** Most works that share one transaction. Default 256. */
	readonly maxGroup?: number;
	/** Most works that may wait; more are refused with `STORE_BUSY`. Default 50,000. */
	readonly maxWaiting?: number;
}

/** Reads. Statements are prepared once per SQL text, so values go in as parameters, never into the text. */
export interface Reader {
	all<T = Row>(sql: string, ...params: readonly SqlValue[]): T[];
	get<T = Row>(sql: string, ...params: readonly SqlValue[]): T | undefined;
}

/** What a statement changed. */
export interface Changes {
	readonly changes: number;
	readonly lastInsertRowid: number;
}

/** The transaction that a work runs in; of no use after the work returned. */
export interface Tx extends Reader {
	run(sql: string, ...params: readonly SqlValue[]): Changes;
}

/** Counters since the database was opened. */
export interface DatabaseStats {
	/** Transactions committed. */
	readonly commits: number;
	/** Works committed. */
	readonly works: number;
	/** Works that threw, or whose commit failed. */
	readonly failedWorks: number;
	/** Works that wait for their turn now. */
	readonly waiting: number;
	/** Works of the largest transaction so far. */
	readonly largestGroup: number;
	/** Milliseconds spent in transactions, the fsync included. */
	readonly busyMs: number;
}

/** One SQLite file, held by this process alone. */
export interface Database extends Reader {
	readonly name: string;
	readonly stats: DatabaseStats;
	/**
	 * Runs `work` in a transaction shared with the other works of the same turn of the event loop, each in its own savepoint.
	 * Resolved only once the commit is on disk (fsync). A work that throws rejects its own promise and undoes its own rows only.
	 * @param work synchronous: nothing outside the database may be awaited while it is locked
	 * @throws what the work threw; `STORE_WRITE_FAILED` (whole group), `STORE_BUSY`, `STORE_CLOSED`
	 */
	write<T>(work: (tx: Tx) => T): Promise<T>;
	/**
	 * Runs `work` as {@link write} does. What it frees is overwritten in the file afterwards, at the latest when the database is closed: for data that is
	 * to be gone for good.
	 */
	purge<T>(work: (tx: Tx) => T): Promise<T>;
	/** Calls `listener` after each commit. It must not throw. Returns a function that stops it. */
	onCommit(listener: () => void): () => void;
	/** Commits what waits, refuses what comes later, and lets go of the file. */
	close(): Promise<void>;
}

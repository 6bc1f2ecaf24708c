import type { Database, Reader, SqlValue, Tx } from './types.ts';

/** A database that remembers what it was asked, so that a test can look at how SQLite answers each statement of a store. */
export interface WatchedDatabase {
	/** To be given to the store. */
	readonly db: Database;
	/** How each statement so far is carried out, by its text: the lines of `EXPLAIN QUERY PLAN`. */
	plans(): ReadonlyMap<string, readonly string[]>;
}

/** Watches a database that is open. */
export function watchQueries(db: Database): WatchedDatabase {
	const asked = new Set<string>();
	const seen = (sql: string): string => {
		asked.add(sql);
		return sql;
	};
	const reading = (reader: Reader): Reader => ({
		all: <T>(sql: string, ...params: readonly SqlValue[]) => reader.all<T>(seen(sql), ...params),
		get: <T>(sql: string, ...params: readonly SqlValue[]) => reader.get<T>(seen(sql), ...params),
	});
	const writing = (tx: Tx): Tx => ({ ...reading(tx), run: (sql, ...params) => tx.run(seen(sql), ...params) });
	const watched: Database = {
		...reading(db),
		name: db.name,
		get stats() {
			return db.stats;
		},
		write: (work) => db.write((tx) => work(writing(tx))),
		purge: (work) => db.purge((tx) => work(writing(tx))),
		onCommit: (listener) => db.onCommit(listener),
		close: () => db.close(),
	};
	const planOf = (sql: string) => db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail);
	return { db: watched, plans: () => new Map([...asked].map((sql) => [sql, planOf(sql)])) };
}

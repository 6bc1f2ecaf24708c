import type { Migration } from '@fefaent/store-kit';

/** The evidence service's tables. */
export const migrations: readonly Migration[] = [
	{
		version: 1,
		name: 'evidences',
		// `transition` is the contract's number. A row is never deleted: that an evidence existed is known for good.
		sql: `CREATE TABLE evidences (
			notification_id INTEGER NOT NULL,
			transition INTEGER NOT NULL,
			id TEXT NOT NULL,
			issued_at INTEGER NOT NULL,
			decided_at INTEGER NOT NULL,
			level TEXT NOT NULL,
			sha256 BLOB NOT NULL,
			xml BLOB NOT NULL,
			UNIQUE (notification_id, transition)
		) STRICT`,
	},
	{
		version: 2,
		name: 'decisions that were abandoned',
		// The last instant for each key: no decision up to it gets an evidence any more.
		sql: `CREATE TABLE abandoned (
			notification_id INTEGER NOT NULL,
			transition INTEGER NOT NULL,
			decided_at INTEGER NOT NULL,
			PRIMARY KEY (notification_id, transition)
		) STRICT, WITHOUT ROWID`,
	},
];

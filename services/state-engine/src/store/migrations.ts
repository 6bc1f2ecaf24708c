import type { Migration } from '@fefaent/store-kit';

/** The schema of the state-engine's file. Released migrations never change. */
export const migrations: readonly Migration[] = [
	{
		version: 1,
		name: 'workflows and timers',
		sql: `
CREATE TABLE workflows (
	id INTEGER PRIMARY KEY,
	workflow TEXT NOT NULL,
	workflow_version INTEGER NOT NULL,
	state TEXT NOT NULL,
	facts TEXT NOT NULL,
	notification_version INTEGER NOT NULL,
	revision INTEGER NOT NULL
) STRICT;
CREATE TABLE timers (
	id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	due_at INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	traceparent TEXT,
	-- Real time from which it may be taken: the end of a lease (with an owner) or of a back-off (without).
	free_at INTEGER NOT NULL,
	owner TEXT,
	PRIMARY KEY (id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due_at, id, kind, free_at);
CREATE INDEX timers_by_owner ON timers (owner) WHERE owner IS NOT NULL;
`,
	},
];

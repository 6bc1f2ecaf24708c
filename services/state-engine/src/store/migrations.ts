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
	{
		version: 2,
		name: 'timers by when they can be taken',
		sql: `
DROP INDEX timers_by_due;
-- Those that were never taken wait for the environment's time only, those that were (a lease, a back-off) for real time only.
CREATE INDEX timers_fresh ON timers (due_at) WHERE free_at = 0;
CREATE INDEX timers_held ON timers (free_at) WHERE free_at > 0;
`,
	},
	{
		version: 3,
		name: 'timers by whether their task has to be proved',
		sql: `
ALTER TABLE timers ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;
UPDATE timers SET proved = 1 WHERE kind IN ('deposit', 'retry', 'expiry');
DROP INDEX timers_fresh;
DROP INDEX timers_held;
CREATE INDEX timers_fresh ON timers (proved, due_at) WHERE free_at = 0;
CREATE INDEX timers_held ON timers (proved, free_at) WHERE free_at > 0;
`,
	},
];

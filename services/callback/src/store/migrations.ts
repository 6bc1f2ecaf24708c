import type { Migration } from '@fefaent/store-kit';

/** The schema of the callback service's file. Released migrations never change. */
export const migrations: readonly Migration[] = [
	{
		version: 1,
		name: 'endpoints and deliveries',
		sql: `
CREATE TABLE endpoints (
	id TEXT PRIMARY KEY,
	issuer_code TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	document BLOB NOT NULL,
	secrets BLOB NOT NULL,
	-- How it fares; environment's time.
	failures INTEGER NOT NULL,
	failing_since INTEGER,
	not_before INTEGER,
	-- Which replica sends to it; real time.
	owner TEXT,
	lease_until INTEGER NOT NULL
) STRICT;
CREATE INDEX endpoints_by_issuer ON endpoints (issuer_code, created_at, id);
CREATE INDEX endpoints_by_wait ON endpoints (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX endpoints_by_owner ON endpoints (owner) WHERE owner IS NOT NULL;
CREATE TABLE deliveries (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL UNIQUE,
	endpoint_id TEXT NOT NULL,
	notification_id INTEGER NOT NULL,
	-- 1 pending, 2 delivered, 3 exhausted.
	state INTEGER NOT NULL,
	recorded_at INTEGER NOT NULL,
	due_at INTEGER,
	settled_at INTEGER,
	tries INTEGER NOT NULL,
	traceparent TEXT,
	document BLOB NOT NULL
) STRICT;
CREATE INDEX deliveries_queue ON deliveries (endpoint_id, due_at, seq) WHERE state = 1;
CREATE INDEX deliveries_lane ON deliveries (notification_id, endpoint_id, seq) WHERE state = 1;
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 1;
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, state, seq);
CREATE INDEX deliveries_by_notification ON deliveries (notification_id, seq);
CREATE INDEX deliveries_by_state ON deliveries (state, seq);
CREATE INDEX deliveries_settled ON deliveries (settled_at) WHERE settled_at IS NOT NULL;
`,
	},
	{
		version: 2,
		name: 'deliveries of an endpoint in their order',
		sql: 'CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id, seq);',
	},
	{
		version: 3,
		name: 'endpoints of an issuer by their ids, which is their age',
		sql: 'CREATE INDEX endpoints_of_issuer ON endpoints (issuer_code, id); DROP INDEX endpoints_by_issuer;',
	},
	{
		version: 4,
		name: 'generations of an endpoint, apart from its version',
		sql: 'ALTER TABLE endpoints ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;',
	},
];

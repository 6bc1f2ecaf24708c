import { type Migration, outboxSchema } from '@fefaent/store-kit';

/**
 * One row for each id. A live one has its document (the protobuf message); a purged one has none, and tells when it went and where its export is.
 * State is the number of the proto enum. Indexes end with the id by themselves, which is the order that a search answers in.
 */
export const migrations: readonly Migration[] = [
	{
		version: 1,
		name: 'notifications, id counter, outbox',
		sql: `
CREATE TABLE notifications (
	id INTEGER PRIMARY KEY,
	version INTEGER NOT NULL,
	issuer TEXT NOT NULL,
	reference TEXT,
	fingerprint BLOB,
	state INTEGER,
	claimed_at INTEGER,
	document BLOB,
	purged_at INTEGER,
	export_key TEXT,
	CHECK ((document IS NULL) = (purged_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX notifications_reference ON notifications (reference, issuer) WHERE reference IS NOT NULL;
CREATE INDEX notifications_issuer ON notifications (issuer) WHERE document IS NOT NULL;
CREATE INDEX notifications_issuer_state ON notifications (issuer, state) WHERE document IS NOT NULL;
CREATE INDEX notifications_state ON notifications (state) WHERE document IS NOT NULL;
CREATE INDEX notifications_claimed ON notifications (claimed_at) WHERE claimed_at IS NOT NULL;

CREATE TABLE counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, next) VALUES ('notification', 1);
${outboxSchema}`,
	},
];

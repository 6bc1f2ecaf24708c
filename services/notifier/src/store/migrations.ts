import { inboxSchema, type Migration } from '@fefaent/store-kit';

/**
 * Channel, kind, state and language are the numbers of the proto enums. A notice's document is the protobuf NoticeDocument; what changes without it
 * (state, attempts, lease) has columns. `free_at` is real time: the end of a lease; everything else is the environment's time.
 */
export const migrations: readonly Migration[] = [
	{
		version: 1,
		name: 'notices, templates, embedded outboxes, inbox',
		sql: `
CREATE TABLE notices (
	id TEXT PRIMARY KEY,
	notification_id INTEGER NOT NULL,
	recipient_index INTEGER NOT NULL,
	channel INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	state INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	recorded_at INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	settled_at INTEGER,
	free_at INTEGER NOT NULL,
	owner TEXT,
	document BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX notices_by_what ON notices (notification_id, recipient_index, channel, kind);
CREATE INDEX notices_by_due ON notices (channel, due_at, id, free_at) WHERE state = 1;
CREATE INDEX notices_by_owner ON notices (owner) WHERE owner IS NOT NULL;

CREATE TABLE templates (
	issuer TEXT NOT NULL,
	channel INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	language INTEGER NOT NULL,
	document BLOB NOT NULL,
	PRIMARY KEY (issuer, channel, kind, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_outbox (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	notice_id TEXT NOT NULL UNIQUE,
	notification_id INTEGER NOT NULL,
	document BLOB NOT NULL
) STRICT;
CREATE INDEX mail_outbox_by_notification ON mail_outbox (notification_id);
CREATE TABLE sms_outbox (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	reference TEXT NOT NULL UNIQUE,
	notification_id INTEGER NOT NULL,
	document BLOB NOT NULL
) STRICT;
CREATE INDEX sms_outbox_by_notification ON sms_outbox (notification_id);
${inboxSchema}`,
	},
	{
		version: 2,
		name: 'failed notices in the order of their ids',
		sql: 'CREATE INDEX notices_failed ON notices (id) WHERE state = 3;',
	},
];

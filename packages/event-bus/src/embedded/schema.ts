import type { Migration } from '@fefaent/store-kit';

/**
 * The embedded log. Offsets are per topic, dense, and never used again. `passed` is the low watermark of a group: it is done with every message up to
 * and including it. A dead letter holds its own copy of the message, so that retention need not wait for whoever repairs it; a redriven
 * one stays in the table until its group is done with it.
 */
export const migrations: readonly Migration[] = [
	{
		version: 1,
		name: 'log, groups, dead letters',
		sql: `
CREATE TABLE topic (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	next_offset INTEGER NOT NULL
) STRICT;

CREATE TABLE log (
	topic INTEGER NOT NULL REFERENCES topic (id),
	offset INTEGER NOT NULL,
	id TEXT NOT NULL,
	key TEXT NOT NULL,
	type TEXT NOT NULL,
	at INTEGER NOT NULL,
	headers TEXT NOT NULL,
	body BLOB NOT NULL,
	appended_at INTEGER NOT NULL,
	PRIMARY KEY (topic, offset)
) STRICT, WITHOUT ROWID;

CREATE TABLE consumer (
	name TEXT NOT NULL,
	topic INTEGER NOT NULL REFERENCES topic (id),
	passed INTEGER NOT NULL,
	PRIMARY KEY (name, topic)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letter (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	consumer TEXT NOT NULL,
	topic INTEGER NOT NULL REFERENCES topic (id),
	offset INTEGER NOT NULL,
	id TEXT NOT NULL,
	key TEXT NOT NULL,
	type TEXT NOT NULL,
	at INTEGER NOT NULL,
	headers TEXT NOT NULL,
	body BLOB NOT NULL,
	redriven INTEGER NOT NULL,
	reason TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	died_at INTEGER NOT NULL,
	history TEXT NOT NULL,
	UNIQUE (consumer, topic, offset)
) STRICT;
CREATE INDEX dead_letter_redriven ON dead_letter (consumer, topic, offset) WHERE redriven = 1;
`,
	},
];

import type { Migration } from '@fefaent/store-kit';

/** One row for each document; the columns beside it are what it is looked up by. */
export const migrations: readonly Migration[] = [
	{
		version: 1,
		name: 'directory',
		sql: `
CREATE TABLE issuers (
	code TEXT PRIMARY KEY,
	version INTEGER NOT NULL,
	document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE credentials (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	digest TEXT NOT NULL,
	revoked INTEGER NOT NULL,
	document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX credentials_by_digest ON credentials (kind, digest) WHERE revoked = 0;
CREATE TABLE credential_issuers (
	issuer TEXT NOT NULL,
	id TEXT NOT NULL REFERENCES credentials (id),
	PRIMARY KEY (issuer, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE administrations (
	key TEXT PRIMARY KEY,
	document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE facts (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
	},
];

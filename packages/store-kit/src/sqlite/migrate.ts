import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { storeError } from '../errors.ts';
import type { Migration } from './types.ts';

interface Applied {
	version: number;
	checksum: string;
}

/**
 * Brings the schema up to the last migration, one transaction for each. Foreign keys must still be off: a migration may rebuild a table
 * that others refer to; all references are checked before it commits.
 * @param name of the store, for errors
 * @throws `STORE_SCHEMA_NEWER`, `STORE_MIGRATION_CHANGED`, `STORE_MIGRATION_FAILED`, `STORE_MIGRATIONS_UNORDERED`
 */
export function migrate(db: DatabaseSync, name: string, migrations: readonly Migration[]): void {
	let last = 0;
	for (const { version } of migrations) {
		if (!Number.isSafeInteger(version) || version <= last)
			throw storeError('STORE_MIGRATIONS_UNORDERED', { name, version: String(version) });
		last = version;
	}
	db.exec('CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT');
	const rows = db.prepare('SELECT version, checksum FROM schema_migrations ORDER BY version').all() as unknown as Applied[];
	const applied = new Map(rows.map((row) => [row.version, row.checksum]));
	const reached = rows.at(-1)?.version ?? 0;
	if (reached > last) throw storeError('STORE_SCHEMA_NEWER', { name, found: String(reached), known: String(last) });
	for (const migration of migrations) {
		const checksum = createHash('sha256').update(migration.sql).digest('hex');
		if (applied.has(migration.version) || migration.version < reached) {
			// A version slipped in below the one reached was never applied here, and running it now would give another schema.
			if (applied.get(migration.version) !== checksum)
				throw storeError('STORE_MIGRATION_CHANGED', { name, version: String(migration.version) });
			continue;
		}
		apply(db, name, migration, checksum);
	}
}

function apply(db: DatabaseSync, name: string, migration: Migration, checksum: string): void {
	db.exec('BEGIN IMMEDIATE');
	try {
		db.exec(migration.sql);
		const broken = db.prepare('PRAGMA foreign_key_check').all().length;
		if (broken > 0) throw new Error(`${broken} references point nowhere`);
		db.prepare('INSERT INTO schema_migrations (version, name, checksum) VALUES (?, ?, ?)').run(migration.version, migration.name, checksum);
		db.exec('COMMIT');
	} catch (error) {
		if (db.isTransaction) db.exec('ROLLBACK');
		const cause = error instanceof Error ? error.message : String(error);
		throw storeError('STORE_MIGRATION_FAILED', { name, version: String(migration.version), cause }, { cause: error });
	}
}

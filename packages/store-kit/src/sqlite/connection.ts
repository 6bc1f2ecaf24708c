import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storeError } from '../errors.ts';
import { erasureSchema } from './erasure.ts';
import { migrate } from './migrate.ts';
import type { DatabaseOptions } from './types.ts';

/** How long an opening waits for a predecessor that is about to let go of the file, in milliseconds. */
const heldWaitMs = 500;

/** SQLite's result code for a lock held by someone else. */
const sqliteBusy = 5;

/**
 * Opens the file as this project always does, and migrates it.
 *
 * The lock is exclusive for as long as the file is open: a second process, or a second connection of this one, is refused instead of corrupting
 * what this one believes. The operating system gives it back at once when the process dies, so nothing is left over after kill -9.
 * It also keeps the index of the write-ahead log in memory, which is faster. In WAL mode `synchronous=FULL` means an fsync at every commit.
 * What is deleted from a page that is written anyway is overwritten there and then; see `Erasure` for what is not.
 * @throws `STORE_HELD`, `STORE_UNREADABLE` and what {@link migrate} throws
 */
export function connect({ path, name, migrations }: DatabaseOptions): DatabaseSync {
	let db: DatabaseSync | undefined;
	try {
		mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
		// Made before SQLite does, so that it, and the log beside it that takes its mode, is nobody else's to read.
		closeSync(openSync(path, 'a', 0o600));
		db = new DatabaseSync(path, { timeout: heldWaitMs, enableForeignKeyConstraints: false });
		db.exec(`
			PRAGMA locking_mode = EXCLUSIVE;
			PRAGMA journal_mode = WAL;
			PRAGMA synchronous = FULL;
			PRAGMA temp_store = MEMORY;
			PRAGMA cache_size = -4000;
			PRAGMA wal_autocheckpoint = 2000;
			PRAGMA journal_size_limit = 33554432;
			PRAGMA secure_delete = FAST;
		`);
		db.exec('BEGIN EXCLUSIVE; COMMIT');
		migrate(db, name, migrations);
		db.exec(erasureSchema);
		db.exec('PRAGMA foreign_keys = ON');
		return db;
	} catch (error) {
		if (db?.isOpen) db.close();
		if (!isSqliteError(error)) throw error;
		if ((error.errcode & 0xff) === sqliteBusy) throw storeError('STORE_HELD', { name }, { cause: error });
		throw storeError('STORE_UNREADABLE', { name, cause: error.message }, { cause: error });
	}
}

function isSqliteError(error: unknown): error is Error & { errcode: number } {
	return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

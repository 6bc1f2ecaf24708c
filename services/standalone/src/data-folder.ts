import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { standaloneError } from './errors.ts';

/** The folder that holds everything a standalone installation keeps, held by this process alone. */
export interface DataFolder {
	readonly path: string;
	/** Path of a file or folder in it. */
	file(...names: string[]): string;
	/** Lets another process have it. */
	release(): void;
}

/**
 * Opens the data folder, making it when missing (readable by its owner only), and takes it for this process: two processes on the
 * same stores would undo each other's work. The lock is the operating system's, so that kill -9 frees it.
 * @throws DomainError DATA_FOLDER_IN_USE when another process has it, DATA_FOLDER_UNUSABLE when it cannot be made or written
 */
export function openDataFolder(path: string): DataFolder {
	let lock: DatabaseSync;
	try {
		makeFolder(path);
		// Also one that was there before: what is in it is nobody else's business.
		chmodSync(path, 0o700);
		lock = new DatabaseSync(join(path, 'lock.db'), { timeout: 0 });
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw standaloneError('DATA_FOLDER_UNUSABLE', { path, why }, { cause: error });
	}
	try {
		lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
	} catch (error) {
		lock.close();
		throw standaloneError('DATA_FOLDER_IN_USE', { path }, { cause: error });
	}
	chmodSync(join(path, 'lock.db'), 0o600);
	writeFileSync(join(path, 'pid'), `${process.pid}\n`, { mode: 0o600 });
	return {
		path,
		file: (...names) => join(path, ...names),
		release: () => lock.close(),
	};
}

/** Makes a folder with those above it, one by one: Node's own `recursive` never ends where a file system refuses new folders with ENOENT, as /proc does. */
function makeFolder(path: string): void {
	if (existsSync(path)) return;
	makeFolder(dirname(path));
	mkdirSync(path, { mode: 0o700 });
}

import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolders, replaceFile } from '@fefaent/files';
import { crashpoint, DomainError } from '@fefaent/kernel';
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
 * @throws DomainError DATA_FOLDER_IN_USE when another process has it, DATA_FOLDER_OPEN when others of the machine may look into it or write to it,
 *   DATA_FOLDER_UNUSABLE when it cannot be made or written
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
	let lock: DatabaseSync;
	try {
		if (!(await makeFolders(path))) closeFolder(path);
		lock = new DatabaseSync(join(path, 'lock.db'), { timeout: 0 });
	} catch (error) {
		if (error instanceof DomainError) throw error;
		const why = error instanceof Error ? error.message : String(error);
		throw standaloneError('DATA_FOLDER_UNUSABLE', { path, why }, { cause: error });
	}
	try {
		lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
	} catch (error) {
		lock.close();
		throw standaloneError('DATA_FOLDER_IN_USE', { path }, { cause: error });
	}
	try {
		chmodSync(join(path, 'lock.db'), 0o600);
		await replaceFile(join(path, 'pid'), `${process.pid}\n`, { afterNamed: () => crashpoint('standalone.pid.after') });
	} catch (error) {
		lock.close();
		throw error;
	}
	return {
		path,
		file: (...names) => join(path, ...names),
		release: () => lock.close(),
	};
}

const ofOthers = 0o077;
const anyoneWrites = 0o002;

/**
 * What is kept is nobody else's business. An empty folder is taken to be meant for it and closed to others; one that holds something may be in use by them
 * (/tmp, a home), and so may an empty one that anyone may write to: those are not touched.
 */
function closeFolder(path: string): void {
	const { mode } = statSync(path);
	if ((mode & ofOthers) === 0) return;
	if ((mode & anyoneWrites) !== 0 || readdirSync(path).length > 0) throw standaloneError('DATA_FOLDER_OPEN', { path });
	chmodSync(path, 0o700);
}

import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolders, syncFolder } from './folders.ts';
import { codeOf } from './read.ts';

/** How a file is written. The two moments are where the caller has its crash points. */
export interface FileWrite {
	/** Permissions of the file. Default: its owner may read and write it. */
	readonly mode?: number;
	/** The content is on disk, under another name. */
	readonly beforeNamed?: () => void | Promise<void>;
	/** The file is on disk under its name. */
	readonly afterNamed?: () => void | Promise<void>;
}

const ownerOnly = 0o600;
const turns = new Map<string, Promise<void>>();

/**
 * Writes a file, in place of the one that is there: whoever looks finds the old content or the new one, after a crash too. When this resolves, the new
 * one is on disk. Missing folders are made. Writes of one file by this process go one after the other.
 */
export function replaceFile(path: string, content: string | Uint8Array, options: FileWrite = {}): Promise<void> {
	const file = resolve(path);
	const turn = (turns.get(file) ?? Promise.resolve()).then(() => replace(file, content, options));
	const settled = turn.then(noop, noop).finally(() => {
		if (turns.get(file) === settled) turns.delete(file);
	});
	turns.set(file, settled);
	return turn;
}

async function replace(file: string, content: string | Uint8Array, options: FileWrite): Promise<void> {
	// Always the same name, so that what a crash left behind is written over by the next try.
	const draft = join(dirname(file), `.${basename(file)}.new`);
	await makeFolders(dirname(file));
	await writeDraft(draft, 'w', content, options);
	await options.beforeNamed?.();
	await rename(draft, file);
	await syncFolder(dirname(file));
	await options.afterNamed?.();
}

/**
 * Writes a file unless there is one of that name, whoever else is at it: of several processes one wins, and none sees a part. When this resolves, the
 * one that won is on disk. Missing folders are made.
 * @returns whether it is this one
 */
export async function createFile(path: string, content: string | Uint8Array, options: FileWrite = {}): Promise<boolean> {
	const file = resolve(path);
	// A name of its own: another process may be writing its draft.
	const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.new`);
	await makeFolders(dirname(file));
	let won = true;
	try {
		await writeDraft(draft, 'wx', content, options);
		await options.beforeNamed?.();
		await link(draft, file);
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
		won = false;
	} finally {
		await rm(draft, { force: true });
	}
	await syncFolder(dirname(file));
	await options.afterNamed?.();
	return won;
}

async function writeDraft(path: string, flags: 'w' | 'wx', content: string | Uint8Array, { mode = ownerOnly }: FileWrite): Promise<void> {
	const handle = await open(path, flags, mode);
	try {
		await handle.writeFile(content);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

const noop = (): void => {};

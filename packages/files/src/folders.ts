import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf } from './read.ts';

const underWay = new Map<string, Promise<boolean>>();

/**
 * Makes a folder with those above it that are missing, for their owner only. What was made is durable then; what was there is left as it was.
 * @returns whether the folder was made now
 */
export function makeFolders(path: string): Promise<boolean> {
	const folder = resolve(path);
	// Who comes while it is being made waits until it is durable, not only until it is there.
	const making = underWay.get(folder) ?? make(folder).finally(() => underWay.delete(folder));
	underWay.set(folder, making);
	return making;
}

/** One by one: Node's own `recursive` never ends where a file system refuses new folders with ENOENT, as /proc does. */
async function make(folder: string): Promise<boolean> {
	try {
		if (!(await makeOne(folder))) return false;
	} catch (error) {
		if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
		await makeFolders(dirname(folder));
		if (!(await makeOne(folder))) return false;
	}
	await syncFolder(dirname(folder));
	return true;
}

async function makeOne(folder: string): Promise<boolean> {
	try {
		await mkdir(folder, { mode: 0o700 });
		return true;
	} catch (error) {
		if (codeOf(error) === 'EEXIST') return false;
		throw error;
	}
}

/** Makes the names in a folder durable: new ones, and those that a file was given by a rename. */
export async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

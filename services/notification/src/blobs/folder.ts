import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crashpoint } from '@fefaent/kernel';
import type { BlobStore } from './port.ts';

/** One segment of a key: what every file system takes, and nothing that leaves the folder or hides in it. */
const segment = /^[\w%-][\w.%-]{0,199}$/;

/**
 * Blobs as files of a folder, for its owner's eyes only.
 * @param root made when missing
 */
export function openFolderBlobs(root: string): BlobStore {
	const pathOf = (key: string): string => {
		const segments = key.split('/');
		if (!segments.every((one) => segment.test(one))) throw new RangeError('a blob key is a path of plain segments');
		return join(root, ...segments);
	};
	const underWay = new Map<string, Promise<void>>();
	return {
		put: async (key, content) => {
			const path = pathOf(key);
			// One after the other: they share the name of the file that they write first.
			const turn = (underWay.get(path) ?? Promise.resolve()).then(() => replaceFile(path, content));
			const settled = turn.then(noop, noop).finally(() => {
				if (underWay.get(path) === settled) underWay.delete(path);
			});
			underWay.set(path, settled);
			return turn;
		},
		get: async (key) => {
			try {
				return await readFile(pathOf(key));
			} catch (error) {
				if (isMissing(error)) return undefined;
				throw error;
			}
		},
	};
}

const noop = (): void => {};

/** Writes beside the file and then takes its place. The name is always the same, so that what a crash left behind is written over by the next try. */
async function replaceFile(path: string, content: Uint8Array): Promise<void> {
	const folder = dirname(path);
	const temporary = join(folder, `.${basename(path)}.tmp`);
	await makeFolders(folder);
	await writeDurably(temporary, content);
	await crashpoint('notification.blob.before-rename');
	await rename(temporary, path);
	await syncFolder(folder);
	await crashpoint('notification.blob.after-rename');
}

/** Makes a folder with those above it; a new folder is durable once the one that holds it is synced. */
async function makeFolders(folder: string): Promise<void> {
	const first = await mkdir(folder, { recursive: true, mode: 0o700 });
	if (first === undefined) return;
	for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
	const file = await open(path, 'w', 0o600);
	try {
		await file.writeFile(content);
		await file.sync();
	} finally {
		await file.close();
	}
}

/** Makes a rename or a new entry in a folder durable. */
async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

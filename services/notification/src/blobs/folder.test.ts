import { readdirSync, statSync } from 'node:fs';
import { armCrashpoints } from '@fefaent/kernel';
import { temporaryFolder } from '@fefaent/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { blobStoreContract } from './contract.ts';
import { openFolderBlobs } from './folder.ts';

afterEach(() => armCrashpoints(undefined));

describe('openFolderBlobs', () => {
	it('keeps blobs for nobody else to read', async () => {
		await using folder = temporaryFolder();
		const blobs = openFolderBlobs(folder.join('blobs'));
		await blobs.put('exports/DEMO/2026/1.zip', Buffer.from('one'));
		expect(readdirSync(folder.join('blobs/exports/DEMO/2026'))).toEqual(['1.zip']);
		expect(statSync(folder.join('blobs/exports/DEMO/2026/1.zip')).mode & 0o077).toBe(0);
		expect(statSync(folder.join('blobs')).mode & 0o077).toBe(0);
	});

	it('shows the old content or the new, also to a process that died in between', async () => {
		await using folder = temporaryFolder();
		const blobs = openFolderBlobs(folder.path);
		await blobs.put('a/b', Buffer.from('old'));
		armCrashpoints((name) => {
			if (name === 'notification.blob.before-rename') throw new Error('died');
		});
		await expect(blobs.put('a/b', Buffer.from('new'))).rejects.toThrow('died');
		expect(await blobs.get('a/b')).toEqual(Buffer.from('old'));
		armCrashpoints(undefined);
		await openFolderBlobs(folder.path).put('a/b', Buffer.from('newer'));
		expect(await blobs.get('a/b')).toEqual(Buffer.from('newer'));
		expect(readdirSync(folder.join('a'))).toEqual(['b']);
	});
});

blobStoreContract('folder', () => {
	const folder = temporaryFolder();
	return { open: async () => openFolderBlobs(folder.join('blobs')), [Symbol.asyncDispose]: () => folder.remove() };
});

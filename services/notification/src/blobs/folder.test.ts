import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { armCrashpoints } from '@fefaent/kernel';
import { temporaryFolder } from '@fefaent/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { openFolderBlobs } from './folder.ts';

afterEach(() => armCrashpoints(undefined));

describe('openFolderBlobs', () => {
	it('keeps and replaces blobs, for nobody else to read', async () => {
		await using folder = temporaryFolder();
		const blobs = openFolderBlobs(folder.join('blobs'));
		expect(await blobs.get('exports/DEMO/2026/1.zip')).toBeUndefined();
		await blobs.put('exports/DEMO/2026/1.zip', Buffer.from('one'));
		await blobs.put('exports/DEMO/2026/1.zip', Buffer.from('two'));
		expect(await blobs.get('exports/DEMO/2026/1.zip')).toEqual(Buffer.from('two'));
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

	it('puts at the same time one after the other', async () => {
		await using folder = temporaryFolder();
		const blobs = openFolderBlobs(folder.path);
		const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(50_000, index));
		await Promise.all(contents.map((content) => blobs.put('same', content)));
		expect(await blobs.get('same')).toEqual(contents.at(-1));
	});

	it.each(['../x', 'a/../b', 'a//b', '/a', 'a/', '.', '', '.hidden', 'a/b\0', 'a\\b', 'x'.repeat(201)])(
		'refuses the key "%s"',
		async (key) => {
			await using folder = temporaryFolder();
			writeFileSync(folder.join('x'), 'secret');
			const blobs = openFolderBlobs(folder.join('blobs'));
			await expect(blobs.put(key, new Uint8Array())).rejects.toThrow(RangeError);
			await expect(blobs.get(key)).rejects.toThrow(RangeError);
		},
	);
});

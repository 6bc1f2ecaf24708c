import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'fefaent-data-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('is private to its owner and to one process at a time', async () => {
	const path = join(root, 'data');
	const folder = await openDataFolder(path);
	expect(statSync(path).mode & 0o077).toBe(0);
	const second = spawnSync(
		process.execPath,
		[
			'-e',
			`import('${join(import.meta.dirname, 'data-folder.ts')}').then(({ openDataFolder }) => openDataFolder(${JSON.stringify(path)}))`,
		],
		{ encoding: 'utf8' },
	);
	expect(second.status).not.toBe(0);
	expect(second.stderr).toContain('is in use by another Fefaent process');
	folder.release();
	(await openDataFolder(path)).release();
});

test.each(['/proc/nope/data', '/dev/null/data'])('says why %s cannot be used', async (path) => {
	await expect(openDataFolder(path)).rejects.toMatchObject({ reason: 'DATA_FOLDER_UNUSABLE' });
});

const folderOf = (name: string, mode: number, ...entries: readonly string[]): string => {
	const path = join(root, name);
	mkdirSync(path);
	for (const entry of entries) writeFileSync(join(path, entry), '');
	chmodSync(path, mode);
	return path;
};

test.each([
	['others can read', 'readable', 0o755, ['letter.txt']],
	['its group can write to', 'grouped', 0o770, ['letter.txt']],
	['anyone can write to, as /tmp,', 'shared', 0o1777, []],
] as const)('one that %s and that may not be ours is refused and left as it was', async (_, name, mode, entries) => {
	const path = folderOf(name, mode, ...entries);
	await expect(openDataFolder(path)).rejects.toMatchObject({
		reason: 'DATA_FOLDER_OPEN',
		message: expect.stringContaining('FEFAENT_DATA_DIR'),
	});
	expect([statSync(path).mode & 0o7777, readdirSync(path)]).toEqual([mode, entries]);
});

test('one that is empty is closed to others; one that is closed may hold other things', async () => {
	const empty = folderOf('empty', 0o755);
	(await openDataFolder(empty)).release();
	expect(statSync(empty).mode & 0o777).toBe(0o700);
	const closed = folderOf('closed', 0o700, 'letter.txt');
	(await openDataFolder(closed)).release();
	expect(readdirSync(closed)).toContain('letter.txt');
});

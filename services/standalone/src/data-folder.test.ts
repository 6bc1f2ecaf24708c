import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'fefaent-data-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('is private to its owner and to one process at a time', () => {
	const path = join(root, 'data');
	const folder = openDataFolder(path);
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
	openDataFolder(path).release();
});

test.each(['/proc/nope/data', '/dev/null/data'])('says why %s cannot be used', (path) => {
	expect(() => openDataFolder(path)).toThrow(expect.objectContaining({ reason: 'DATA_FOLDER_UNUSABLE' }));
});

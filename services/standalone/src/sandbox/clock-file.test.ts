import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { PersistentSandboxClock } from './clock-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'fefaent-clock-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a moved clock stays moved after a restart, and a refused move changes nothing', async () => {
	const path = join(folder, 'clock');
	const clock = new PersistentSandboxClock(path);
	expect(clock.offsetMs).toBe(0);
	await clock.advance(60_000);
	await clock.advance(1);
	expect(new PersistentSandboxClock(path).offsetMs).toBe(60_001);
	await expect(clock.advance(-1)).rejects.toThrow(RangeError);
	expect(readFileSync(path, 'utf8')).toBe('60001');
});

test('a file that holds no number is told, not taken for midnight', () => {
	const path = join(mkdtempSync(join(tmpdir(), 'fefaent-clock-')), 'clock');
	writeFileSync(path, 'soon');
	expect(() => new PersistentSandboxClock(path)).toThrow(expect.objectContaining({ reason: 'CLOCK_FILE_BROKEN' }));
});

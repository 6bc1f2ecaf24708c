import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../services/standalone/src/main.ts');

it.each([
	['FEFAENT_STATE_ENGINE_ZONE', 'Europe/Nowhere', {}],
	['FEFAENT_STATE_ENGINE_RETENTION', 'two months', {}],
	['FEFAENT_STATE_ENGINE_RETENTION_GRACE', '7d', {}],
	['FEFAENT_STATE_ENGINE_TIMER_LEASE', '1s', { FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT: '10m' }],
])('does not start with %s=%s, and says so in a line', async (name, value, others) => {
	await using folder = temporaryFolder();
	const env = { PATH: process.env.PATH, FEFAENT_DATA_DIR: folder.path, ...others, [name]: value };
	const { status, stdout, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8', timeout: 30_000 });
	expect([status, stdout]).toEqual([2, '']);
	const told = stderr.split('\n').filter((line) => line.includes('FEFAENT_'));
	expect(told).toEqual([expect.stringContaining(`${name} is "`)]);
	expect(stderr).not.toMatch(/^\s+at /m);
	expect(readdirSync(folder.path).filter((file) => file.endsWith('-wal'))).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../services/standalone/src/main.ts');

it.each([
	['FEFAENT_CALLBACK_ALLOWED_NETWORKS', '10.0.0.0/8,10.1.0.0'],
	['FEFAENT_CALLBACK_ALLOWED_PORTS', '443,99999'],
	['FEFAENT_CALLBACK_LEASE', '1s'],
])('does not start with %s=%s, and says so in a line', async (name, value) => {
	await using folder = temporaryFolder();
	const ports = { FEFAENT_PUBLIC_PORT: '0', FEFAENT_ADMIN_PORT: '0', FEFAENT_MTLS_PORT: '0' };
	const env = { PATH: process.env.PATH, ...ports, FEFAENT_DATA_DIR: folder.join('data'), [name]: value };
	const { status, stdout, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8', timeout: 20_000 });
	expect([status, stdout]).toEqual([2, '']);
	expect(stderr.trimEnd().split('\n')).toEqual(['wrong settings:', expect.stringContaining(`  ${name} is "`)]);
});

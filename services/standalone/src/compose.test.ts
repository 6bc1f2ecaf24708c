import { readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { silentLogger } from '@fefaent/service-kit';
import { temporaryFolder } from '@fefaent/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { startStandalone } from './start.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const ports = { FEFAENT_PUBLIC_PORT: '0', FEFAENT_ADMIN_PORT: '0', FEFAENT_MTLS_PORT: '0' };
const start = (env: Readonly<Record<string, string>> = {}) =>
	startStandalone({ env: { FEFAENT_DATA_DIR: folder.path, ...ports, ...env }, logger: silentLogger });

/** Files of the data folder that this process has open. */
function openFiles(): string[] {
	return readdirSync('/proc/self/fd').flatMap((fd) => {
		try {
			const path = readlinkSync(`/proc/self/fd/${fd}`);
			return path.startsWith(folder.path) ? [path] : [];
		} catch {
			return [];
		}
	});
}

describe('a start that fails half way closes what it has opened, tells the first failure, and can be repeated', () => {
	it.each(['bus', 'notification', 'evidence', 'state-engine', 'notifier', 'callback', 'gateway'])(
		'when the store %s cannot be opened',
		async (name) => {
			const file = folder.join(`${name}.db`);
			for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
			writeFileSync(file, 'this is no database '.repeat(500));
			await expect(start()).rejects.toMatchObject({ reason: 'STORE_UNREADABLE', details: { name } });
			expect(openFiles()).toEqual([]);
			rmSync(file);
		},
	);

	it.each<[string, Readonly<Record<string, string>>, object]>([
		['the evidence service does not start', { FEFAENT_EVIDENCE_TSA_URL: 'http://127.0.0.1:9/' }, { reason: 'TRUST_SETTINGS' }],
		[
			'the gateway cannot be made',
			{ FEFAENT_GATEWAY_TLS_CERT_FILE: '/nowhere', FEFAENT_GATEWAY_TLS_KEY_FILE: '/nowhere' },
			{ name: 'ConfigError' },
		],
		[
			'a TLS certificate is set and its key is not, in a sandbox too',
			{ FEFAENT_GATEWAY_TLS_CERT_FILE: '/nowhere' },
			{ problems: [{ name: 'FEFAENT_GATEWAY_TLS_KEY_FILE' }] },
		],
		[
			'a TLS key is set and its certificate is not, in a sandbox too',
			{ FEFAENT_GATEWAY_TLS_KEY_FILE: '/nowhere' },
			{ problems: [{ name: 'FEFAENT_GATEWAY_TLS_CERT_FILE' }] },
		],
		['the admin API cannot be made', { FEFAENT_ADMIN_HOST: '0.0.0.0' }, { name: 'ConfigError' }],
	])('when %s', async (_, env, failure) => {
		await expect(start(env)).rejects.toMatchObject(failure);
		expect(openFiles()).toEqual([]);
	});

	it('when the admin port is taken: the last to start', async () => {
		const first = await start();
		const taken = new URL(first.adminUrl).port;
		await using other = temporaryFolder();
		const second = startStandalone({
			env: { ...ports, FEFAENT_DATA_DIR: other.path, FEFAENT_ADMIN_PORT: taken },
			logger: silentLogger,
		});
		await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
		expect(readdirSync(other.path).some((name) => name.endsWith('-wal'))).toBe(false);
		await first.stop();
		expect(openFiles()).toEqual([]);
	});

	it('and starts once nothing stands in the way any more', async () => {
		const fefaent = await start();
		expect(await fefaent.readiness()).toMatchObject({ ready: true });
		await fefaent.stop();
		expect(openFiles()).toEqual([]);
	});
});

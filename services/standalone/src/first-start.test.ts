import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { armCrashpoints } from '@fefaent/kernel';
import { temporaryFolder } from '@fefaent/testing';
import { afterEach, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { withTestTls } from './first-start.ts';

afterEach(() => armCrashpoints(undefined));

test.each(['standalone.tls.after-key', 'standalone.tls.before-certificate', 'standalone.tls.after-certificate'])(
	'the test certificate, cut short at %s, is there whole after the next start, and is kept from then on',
	async (point) => {
		await using data = temporaryFolder();
		const folder = await openDataFolder(data.join('data'));
		armCrashpoints((name) => {
			if (name === point) throw new Error('cut short');
		});
		await expect(withTestTls({}, folder)).rejects.toThrow('cut short');
		armCrashpoints(undefined);
		const env = await withTestTls({}, folder);
		const certificate = readFileSync(env.FEFAENT_GATEWAY_TLS_CERT_FILE ?? '');
		const authority = new X509Certificate(readFileSync(folder.file('tls', 'ca.pem')));
		expect(new X509Certificate(certificate).verify(authority.publicKey)).toBe(true);
		expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(readFileSync(env.FEFAENT_GATEWAY_TLS_KEY_FILE ?? '')))).toBe(
			true,
		);
		await withTestTls({}, folder);
		expect(readFileSync(folder.file('tls', 'server.pem'))).toEqual(certificate);
		folder.release();
	},
);

test.each(['FEFAENT_GATEWAY_TLS_CERT_FILE', 'FEFAENT_GATEWAY_TLS_KEY_FILE'])('where %s is set, none is made', async (name) => {
	await using data = temporaryFolder();
	const folder = await openDataFolder(data.join('data'));
	expect(await withTestTls({ [name]: '/own.pem' }, folder)).toEqual({ [name]: '/own.pem' });
	folder.release();
});

import { writeFileSync } from 'node:fs';
import { ConfigError, readConfig } from '@fefaent/service-kit';
import { issueTestCertificates, temporaryFolder } from '@fefaent/testing';
import { afterAll, expect, test } from 'vitest';
import { gatewayConfig } from '../config.ts';
import { tlsOptions } from './tls.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const { server, client, ca } = await issueTestCertificates();
const file = (name: string, content: string): string => {
	writeFileSync(folder.join(name), content);
	return folder.join(name);
};
const files = {
	cert: file('server.pem', server.cert),
	key: file('server.key', server.key),
	other: file('client.key', client.key),
	ca: file('ca.pem', ca.cert),
	empty: file('empty.pem', ''),
	broken: file('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
	none: folder.join('none'),
	folder: folder.path,
};
type Given = Partial<Record<'cert' | 'key' | 'ca', keyof typeof files>>;

const read = ({ cert, key, ca: clients }: Given) =>
	tlsOptions(
		readConfig(gatewayConfig, {
			...(cert && { FEFAENT_GATEWAY_TLS_CERT_FILE: files[cert] }),
			...(key && { FEFAENT_GATEWAY_TLS_KEY_FILE: files[key] }),
			...(clients && { FEFAENT_GATEWAY_TLS_CLIENT_CA_FILE: files[clients] }),
		}),
	);

test.each<[Given, string, string]>([
	[{ cert: 'cert' }, 'FEFAENT_GATEWAY_TLS_KEY_FILE', 'is not set'],
	[{ key: 'key' }, 'FEFAENT_GATEWAY_TLS_CERT_FILE', 'is not set'],
	[{ ca: 'ca' }, 'FEFAENT_GATEWAY_TLS_CERT_FILE', 'is not set'],
	[{ cert: 'none', key: 'key' }, 'FEFAENT_GATEWAY_TLS_CERT_FILE', 'ENOENT'],
	[{ cert: 'cert', key: 'folder' }, 'FEFAENT_GATEWAY_TLS_KEY_FILE', 'EISDIR'],
	[{ cert: 'cert', key: 'key', ca: 'none' }, 'FEFAENT_GATEWAY_TLS_CLIENT_CA_FILE', 'ENOENT'],
	[{ cert: 'empty', key: 'key' }, 'FEFAENT_GATEWAY_TLS_CERT_FILE', 'a certificate in PEM'],
	[{ cert: 'broken', key: 'key' }, 'FEFAENT_GATEWAY_TLS_CERT_FILE', 'a certificate in PEM'],
	[{ cert: 'cert', key: 'empty' }, 'FEFAENT_GATEWAY_TLS_KEY_FILE', 'a private key in PEM'],
	[{ cert: 'cert', key: 'other' }, 'FEFAENT_GATEWAY_TLS_KEY_FILE', 'the private key of the certificate'],
	[{ cert: 'cert', key: 'key', ca: 'empty' }, 'FEFAENT_GATEWAY_TLS_CLIENT_CA_FILE', 'certificates in PEM'],
])('%o is refused, and the setting named', (given, name, why) => {
	expect(() => read(given)).toThrow(ConfigError);
	expect(() => read(given)).toThrow(`${name} `);
	expect(() => read(given)).toThrow(why);
});

test('a certificate with its key asks callers for theirs; nothing set is no TLS', () => {
	expect(read({ cert: 'cert', key: 'key', ca: 'ca' })).toMatchObject({ requestCert: true, rejectUnauthorized: false });
	expect(read({})).toBeUndefined();
});

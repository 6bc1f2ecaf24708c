import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '@fefaent/service-kit';
import type { GatewayConfig } from '../config.ts';

const names = {
	cert: 'FEFAENT_GATEWAY_TLS_CERT_FILE',
	key: 'FEFAENT_GATEWAY_TLS_KEY_FILE',
	ca: 'FEFAENT_GATEWAY_TLS_CLIENT_CA_FILE',
} as const;
type FileName = keyof typeof names;

/**
 * TLS with a request for a client certificate: who it is of is for authentication to say, so one that no authority vouches for is let in.
 * @returns undefined where none of its settings is set
 * @throws ConfigError for some set without the others that they need, for files that cannot be read, and for contents that TLS cannot use
 */
export function tlsOptions(config: GatewayConfig): ServerOptions | undefined {
	const set = (['cert', 'key', 'ca'] as const).filter((one) => config[names[one]] !== undefined);
	if (set.length === 0) return undefined;
	const missing = (['cert', 'key'] as const).filter((one) => !set.includes(one));
	if (missing.length > 0) {
		const because = set.map((one) => names[one]).join(' and ');
		throw new ConfigError(
			missing.map((one) => ({ name: names[one], value: undefined, expected: `a path, since ${because} is of no use without it` })),
		);
	}
	const read = (one: FileName): Buffer => {
		try {
			return readFileSync(config[names[one]] ?? '');
		} catch (error) {
			throw refused(config, one, `a file that can be read (${codeOf(error)})`);
		}
	};
	const cert = read('cert');
	const key = read('key');
	const ca = config[names.ca] === undefined ? undefined : read('ca');
	const options = { cert, key, ...(ca && { ca }), minVersion: 'TLSv1.2' } as const;
	const certificate = understood(config, 'cert', 'a file that begins with a certificate in PEM', () => new X509Certificate(cert));
	const privateKey = understood(config, 'key', 'a file of a private key in PEM without a password', () => createPrivateKey(key));
	if (!certificate.checkPrivateKey(privateKey)) throw refused(config, 'key', `the private key of the certificate in ${names.cert}`);
	if (ca) understood(config, 'ca', 'a file of certificates in PEM', () => new X509Certificate(ca));
	understood(config, 'cert', 'a certificate chain that TLS can use', () => createSecureContext(options));
	return { ...options, requestCert: true, rejectUnauthorized: false };
}

function understood<T>(config: GatewayConfig, one: FileName, expected: string, read: () => T): T {
	try {
		return read();
	} catch {
		// What OpenSSL says of it helps nobody.
		throw refused(config, one, expected);
	}
}

function refused(config: GatewayConfig, one: FileName, expected: string): ConfigError {
	return new ConfigError([{ name: names[one], value: config[names[one]], expected }]);
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { isOf } from './identity.ts';

/** What a peer of mutual TLS needs, in PEM. */
export interface TlsMaterial {
	/** The authorities whose certificates are accepted. */
	readonly ca: Buffer;
	/** The own certificate, with those above it where there are any between. */
	readonly cert: Buffer;
	readonly key: Buffer;
	readonly validTo: Date;
}

/** Reads `ca.pem`, `cert.pem` and `key.pem`. @throws Error when one is missing, cannot be read, or does not go with the others or the name */
export async function readMaterial(folder: string, name: string): Promise<TlsMaterial> {
	const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((file) => readFile(join(folder, file))));
	if (!ca || !cert || !key) throw new Error('a file is missing');
	const certificate = parsed('cert.pem', () => new X509Certificate(cert));
	parsed('ca.pem', () => new X509Certificate(ca));
	const privateKey = parsed('key.pem', () => createPrivateKey(key));
	if (!certificate.checkPrivateKey(privateKey)) throw new Error('key.pem is not the key of cert.pem');
	if (!isOf(certificate, name)) throw new Error(`cert.pem does not name ${name}`);
	// Reads every certificate of the two files, as the connections will.
	parsed('what is there', () => createSecureContext({ ca, cert, key }));
	return { ca, cert, key, validTo: certificate.validToDate };
}

/** Whether two are byte for byte the same. */
export function sameMaterial(one: TlsMaterial, other: TlsMaterial): boolean {
	return one.ca.equals(other.ca) && one.cert.equals(other.cert) && one.key.equals(other.key);
}

function parsed<T>(what: string, parse: () => T): T {
	try {
		return parse();
	} catch (error) {
		// Never the library's own words: they may quote what they could not read, and one of the files is a private key.
		throw new Error(`${what} cannot be read as PEM`, { cause: error });
	}
}

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type KeyedCertificate, readPkcs12 } from '@fefaent/pki';
import type { XadesAlgorithm } from '@fefaent/xml';
import { evidenceError } from '../errors.ts';
import type { SignerDescription, SignerProvider } from './port.ts';

/** The key of a PKCS#12 file. Its root, if it is there, stays out of the signatures: who verifies brings their own. */
export function pkcs12Signer(path: string, password: string): SignerProvider {
	return { load: async () => describeSigner(await readPkcs12(await readFile(path), password)) };
}

/** Describes a key that is at hand. @throws DomainError TRUST_SETTINGS for a key that is neither ECDSA P-256 nor RSA */
export function describeSigner(key: KeyedCertificate): SignerDescription {
	const anchor = key.chain.at(-1);
	return {
		...(anchor ? { anchor } : {}),
		certificate: key.certificate,
		chain: key.chain.filter((der) => !isRoot(der)),
		algorithm: algorithmOf(key),
		module: new URL('./local-signer.ts', import.meta.url).href,
		options: { pkcs8: new Uint8Array(key.privateKey.export({ format: 'der', type: 'pkcs8' })) },
	};
}

function algorithmOf({ privateKey }: KeyedCertificate): XadesAlgorithm {
	if (privateKey.asymmetricKeyType === 'rsa') return 'rsa-pkcs1-sha256';
	if (privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ecdsa-p256-sha256';
	throw evidenceError('TRUST_SETTINGS', { detail: 'the signing key is neither ECDSA P-256 nor RSA' });
}

function isRoot(der: Uint8Array): boolean {
	const certificate = new X509Certificate(der);
	return certificate.checkIssued(certificate);
}

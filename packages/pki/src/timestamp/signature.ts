import { constants, verify, X509Certificate } from 'node:crypto';
import type * as Pkijs from 'pkijs';
import { digestNames } from './digests.ts';

/** Signature algorithms that are allowed, with the key that they need and, where they name it, the digest. */
const algorithms: Readonly<Record<string, { key: 'ec' | 'rsa'; digest?: string; pss?: true }>> = {
	'1.2.840.10045.4.3.2': { key: 'ec', digest: 'sha256' },
	'1.2.840.10045.4.3.3': { key: 'ec', digest: 'sha384' },
	'1.2.840.10045.4.3.4': { key: 'ec', digest: 'sha512' },
	'1.2.840.113549.1.1.1': { key: 'rsa' },
	'1.2.840.113549.1.1.11': { key: 'rsa', digest: 'sha256' },
	'1.2.840.113549.1.1.12': { key: 'rsa', digest: 'sha384' },
	'1.2.840.113549.1.1.13': { key: 'rsa', digest: 'sha512' },
	// RSASSA-PSS: its parameters are not read; OpenSSL finds the salt, and the digest is the signer's.
	'1.2.840.113549.1.1.10': { key: 'rsa', pss: true },
};
const minRsaBits = 2048;

/** Whether a signer's signature over its signed attributes holds under a certificate's key, by an allowed algorithm. */
export function signatureHolds(signer: Pkijs.SignerInfo, certificate: Uint8Array): boolean {
	const algorithm = algorithms[signer.signatureAlgorithm.algorithmId];
	const digest = digestNames[signer.digestAlgorithm.algorithmId];
	const key = new X509Certificate(certificate).publicKey;
	if (!algorithm || !digest || !signer.signedAttrs || key.asymmetricKeyType !== algorithm.key) return false;
	if (algorithm.digest && algorithm.digest !== digest) return false;
	if (algorithm.key === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < minRsaBits) return false;
	const padding = algorithm.pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO } : {};
	const signature = Buffer.from(signer.signature.getValue());
	return verify(digest, Buffer.from(signer.signedAttrs.encodedValue), { key, ...padding }, signature);
}

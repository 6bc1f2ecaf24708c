// Keys and certificates for the tests of signatures, made anew in each run.
// The certificate library wants it first.
import 'reflect-metadata';
import { createPrivateKey, sign, webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { XadesAlgorithm, XadesSigner } from './xades.ts';

const algorithms = {
	'ecdsa-p256-sha256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
	'rsa-pkcs1-sha256': {
		name: 'RSASSA-PKCS1-v1_5',
		hash: 'SHA-256',
		modulusLength: 2048,
		publicExponent: new Uint8Array([1, 0, 1]),
	},
} as const;
const notBefore = new Date('2026-01-01T00:00:00Z');
const notAfter = new Date('2028-01-01T00:00:00Z');

/** A CA and a signer below it. */
export interface TestSigner {
	readonly ca: Uint8Array;
	readonly signer: XadesSigner;
}

export async function createTestSigner(algorithm: XadesAlgorithm): Promise<TestSigner> {
	const parameters = algorithms[algorithm];
	const make = () => webcrypto.subtle.generateKey(parameters, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
	const [caKeys, keys] = [await make(), await make()];
	const ca = await X509CertificateGenerator.createSelfSigned({
		serialNumber: '01',
		name: 'CN=Test CA',
		notBefore,
		notAfter,
		signingAlgorithm: parameters,
		keys: caKeys,
		extensions: [new BasicConstraintsExtension(true, undefined, true)],
	});
	const certificate = await X509CertificateGenerator.create({
		serialNumber: '02',
		subject: 'CN=Test signer',
		issuer: ca.subject,
		notBefore,
		notAfter,
		signingAlgorithm: parameters,
		publicKey: keys.publicKey,
		signingKey: caKeys.privateKey,
	});
	const key = createPrivateKey({
		key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
		format: 'der',
		type: 'pkcs8',
	});
	return {
		ca: new Uint8Array(ca.rawData),
		signer: {
			certificate: new Uint8Array(certificate.rawData),
			chain: [new Uint8Array(ca.rawData)],
			algorithm,
			sign: (data) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
		},
	};
}

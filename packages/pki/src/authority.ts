import { KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type * as X509 from '@peculiar/x509';
import type { KeyedCertificate } from './keyed-certificate.ts';

/** Keys that certificates are made for. */
export type KeyType = 'ecdsa-p256' | 'rsa-3072';

/** What a certificate may be used for: sealing documents, time-stamping, TLS servers, TLS clients, and peers that are both. */
export type CertificatePurpose = 'sign' | 'timestamp' | 'server' | 'client' | 'peer';

/** How a test authority is made. */
export interface AuthorityOptions {
	/** Its name; `TEST` is in the organisation's name whatever it is. */
	readonly commonName: string;
	/** How long it holds. */
	readonly days: number;
	/** From when; default an hour ago. */
	readonly validFrom?: Date;
	/** Default `ecdsa-p256`. */
	readonly keyType?: KeyType;
}

/** How a certificate is issued. */
export interface CertificateOptions extends AuthorityOptions {
	readonly purpose: CertificatePurpose;
	/** DNS names and IP addresses. */
	readonly subjectAltNames?: readonly string[];
}

/** Stands in every name that these authorities give, so that nobody takes them for real ones. */
const testOrganisation = 'Fefaent TEST - no legal value';
const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Extended key usages: RFC 5280 section 4.2.1.12, and document signing of RFC 9336. */
const extendedUsages: Readonly<Record<CertificatePurpose, readonly string[]>> = {
	sign: ['1.3.6.1.5.5.7.3.36'],
	timestamp: ['1.3.6.1.5.5.7.3.8'],
	server: ['1.3.6.1.5.5.7.3.1'],
	client: ['1.3.6.1.5.5.7.3.2'],
	peer: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
};

/** Makes a self-signed test authority, able to issue end certificates only (path length 0). */
export async function createAuthority(options: AuthorityOptions): Promise<KeyedCertificate> {
	const x509 = await library();
	const keys = await generateKeys(options.keyType);
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		...commonFields(x509, options),
		keys,
		signingAlgorithm: signingAlgorithm(keys.privateKey),
		extensions: [
			new x509.BasicConstraintsExtension(true, 0, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
			await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	return keyed(keys, certificate, []);
}

/** Issues an end certificate with a key of its own; its chain holds the authority's certificate. */
export async function issueCertificate(authority: KeyedCertificate, options: CertificateOptions): Promise<KeyedCertificate> {
	const x509 = await library();
	const keys = await generateKeys(options.keyType);
	const issuer = new x509.X509Certificate(Buffer.from(authority.certificate));
	const signingKey = toCryptoKey(authority.privateKey);
	const flags = x509.KeyUsageFlags;
	const usages = options.purpose === 'sign' ? flags.digitalSignature | flags.nonRepudiation : flags.digitalSignature;
	const alternativeNames = (options.subjectAltNames ?? []).map((value) => ({
		type: isIP(value) ? ('ip' as const) : ('dns' as const),
		value,
	}));
	const certificate = await x509.X509CertificateGenerator.create({
		...commonFields(x509, options),
		issuer: issuer.subjectName,
		publicKey: keys.publicKey,
		signingKey,
		signingAlgorithm: signingAlgorithm(signingKey),
		extensions: [
			new x509.BasicConstraintsExtension(false, undefined, true),
			new x509.KeyUsagesExtension(usages, true),
			// RFC 3161 section 2.3: the only usage of a time-stamping certificate, and critical.
			new x509.ExtendedKeyUsageExtension([...extendedUsages[options.purpose]], options.purpose === 'timestamp'),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
			await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
			...(alternativeNames.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternativeNames)] : []),
		],
	});
	return keyed(keys, certificate, [authority.certificate]);
}

/** Loaded when first needed: certificates are made on first start only, and the library is not light. */
async function library(): Promise<typeof X509> {
	await import('reflect-metadata');
	return import('@peculiar/x509');
}

function commonFields(x509: typeof X509, options: AuthorityOptions) {
	const notBefore = options.validFrom ?? new Date(Date.now() - hourMs);
	const name = new x509.Name([{ CN: [options.commonName] }, { O: [testOrganisation] }]);
	return { name, subject: name, serialNumber: randomSerial(), notBefore, notAfter: new Date(notBefore.getTime() + options.days * dayMs) };
}

/** 126 random bits with a fixed start, so that it is positive and of one length (RFC 5280 section 4.1.2.2). */
function randomSerial(): string {
	const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
	bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
	return bytes.toString('hex');
}

async function generateKeys(keyType: KeyType = 'ecdsa-p256'): Promise<webcrypto.CryptoKeyPair> {
	const algorithm =
		keyType === 'ecdsa-p256'
			? { name: 'ECDSA', namedCurve: 'P-256' }
			: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) };
	return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

function toCryptoKey(key: KeyObject): webcrypto.CryptoKey {
	const algorithm =
		key.asymmetricKeyType === 'ec' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
	return key.toCryptoKey(algorithm, true, ['sign']);
}

function signingAlgorithm(key: webcrypto.CryptoKey) {
	return key.algorithm.name === 'ECDSA' ? { name: 'ECDSA', hash: 'SHA-256' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
}

function keyed(keys: webcrypto.CryptoKeyPair, certificate: X509.X509Certificate, chain: readonly Uint8Array[]): KeyedCertificate {
	return { privateKey: KeyObject.from(keys.privateKey), certificate: new Uint8Array(certificate.rawData), chain };
}

import { KeyObject, webcrypto } from 'node:crypto';

/** A certificate and its private key, as PEM. */
export interface CertificateAndKey {
	readonly cert: string;
	readonly key: string;
}

/** A certificate authority of its own with one server and one client certificate. */
export interface TestCertificates {
	readonly ca: CertificateAndKey;
	/** For `localhost`, `127.0.0.1` and `::1`, unless told otherwise. */
	readonly server: CertificateAndKey;
	readonly client: CertificateAndKey;
}

/** What the certificates say. */
export interface TestCertificateOptions {
	/** Host names and addresses of the server. */
	readonly serverNames?: readonly string[];
	/** Common name of the client. Default `test client`. */
	readonly clientName?: string;
	/** Milliseconds that they last, from a minute ago. Default one day; a negative one makes certificates that are out of date. */
	readonly lifeMs?: number;
}

/** An authority that issues certificates one by one. */
export interface TestAuthority {
	readonly ca: CertificateAndKey;
	/** Issues one for both sides of mutual TLS, with the names as its alternative names. */
	issue(
		names: readonly string[],
		options?: { readonly lifeMs?: number; readonly usages?: readonly ('server' | 'client')[] },
	): Promise<CertificateAndKey>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 3_600_000;

/** Makes a certificate authority (ECDSA P-256) and a server's and a client's certificate signed by it, for tests of TLS. */
export async function issueTestCertificates(options: TestCertificateOptions = {}): Promise<TestCertificates> {
	const { serverNames = ['localhost', '127.0.0.1', '::1'], clientName = 'test client', lifeMs = dayMs } = options;
	const { ca, issueNamed } = await makeAuthority(lifeMs);
	return {
		ca,
		server: await issueNamed(serverNames[0] ?? 'localhost', ['server'], serverNames, lifeMs),
		client: await issueNamed(clientName, ['client'], [], lifeMs),
	};
}

/** Makes a certificate authority for tests that need more than one certificate of each kind. */
export async function testAuthority(): Promise<TestAuthority> {
	const { ca, issueNamed } = await makeAuthority(dayMs);
	return {
		ca,
		issue: (names, { lifeMs = dayMs, usages } = {}) => issueNamed(names[0] ?? 'nobody', usages ?? ['server', 'client'], names, lifeMs),
	};
}

async function makeAuthority(lifeMs: number) {
	// Loaded here so that a test without TLS does not pay for it; the first is what the second's own dependency injection asks for.
	await import('reflect-metadata');
	const x509 = await import('@peculiar/x509');
	const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const usageIds = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth };

	const caKeys = await newKeys();
	const ca = await x509.X509CertificateGenerator.createSelfSigned({
		...validityOf(lifeMs),
		name: 'CN=Fefaent test CA (not for use)',
		keys: caKeys,
		extensions: [
			new x509.BasicConstraintsExtension(true, 0, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
			await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
		],
	});
	return {
		ca: { cert: ca.toString('pem'), key: keyPem(caKeys.privateKey) },
		issueNamed: async (
			name: string,
			usages: readonly ('server' | 'client')[],
			names: readonly string[],
			certificateLifeMs: number,
		): Promise<CertificateAndKey> => {
			const keys = await newKeys();
			const cert = await x509.X509CertificateGenerator.create({
				...validityOf(certificateLifeMs),
				subject: [{ CN: [name] }],
				issuer: ca.subject,
				publicKey: keys.publicKey,
				signingKey: caKeys.privateKey,
				extensions: [
					new x509.BasicConstraintsExtension(false, undefined, true),
					new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
					new x509.ExtendedKeyUsageExtension(usages.map((usage) => usageIds[usage])),
					await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
					...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map(generalName))] : []),
				],
			});
			return { cert: cert.toString('pem'), key: keyPem(keys.privateKey) };
		},
	};
}

function validityOf(lifeMs: number) {
	const notBefore = new Date(Date.now() - 60_000 + Math.min(0, lifeMs * 2));
	return { notBefore, notAfter: new Date(notBefore.getTime() + Math.abs(lifeMs) + 60_000), signingAlgorithm: algorithm };
}

function generalName(name: string): { readonly type: 'ip' | 'dns'; readonly value: string } {
	return { type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name };
}

function keyPem(key: webcrypto.CryptoKey): string {
	return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
}

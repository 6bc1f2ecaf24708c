import { type CertificateAndKey, issueTestCertificates, type TestCertificateOptions } from '@fefaent/testing';

/** What a server shows, and whom its client trusts: PEM; undefined: the public authorities. */
export interface Distrust {
	readonly tls: CertificateAndKey;
	readonly ca: string | undefined;
}

async function ownAuthority(options: TestCertificateOptions): Promise<Distrust> {
	const { ca, server } = await issueTestCertificates(options);
	return { tls: server, ca: ca.cert };
}

/** Every way for a server at `localhost` not to be who it says, by name. */
export const wrongCertificates: readonly (readonly [name: string, make: () => Promise<Distrust>])[] = [
	['whose authority nobody knows', async () => ({ ...(await ownAuthority({})), ca: undefined })],
	['of another authority than the trusted one', async () => ({ ...(await ownAuthority({})), ca: (await ownAuthority({})).ca })],
	['with the certificate of another', () => ownAuthority({ serverNames: ['other.example.org'] })],
	['whose certificate has expired', () => ownAuthority({ lifeMs: -3_600_000 })],
];

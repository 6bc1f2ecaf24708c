import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** What TLS is made with, as PEM; empty for none. */
export interface TlsMaterial {
	/** Authorities to trust besides the system's. */
	readonly caPem: string;
	readonly clientCertificatePem: string;
	readonly clientKeyPem: string;
}

/** Made once for each endpoint: reading all authorities takes longer than a connection. @throws Error for PEM that cannot be used */
export function secureContextOf({ caPem, clientCertificatePem, clientKeyPem }: TlsMaterial): SecureContext {
	// OpenSSL passes over authorities that it cannot read, and would leave us without the one that was meant.
	for (const block of pemBlocks(caPem)) new X509Certificate(block);
	return createSecureContext({
		...(caPem !== '' && { ca: [...getCACertificates('default'), caPem] }),
		...(clientCertificatePem !== '' && { cert: clientCertificatePem }),
		...(clientKeyPem !== '' && { key: clientKeyPem }),
	});
}

/** The certificates of a PEM file, one by one. @throws Error when there is none in it */
function pemBlocks(pem: string): readonly string[] {
	if (pem === '') return [];
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
	if (blocks === null) throw new Error('no certificate in the PEM');
	return blocks;
}

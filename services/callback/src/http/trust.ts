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
	return createSecureContext({
		...(caPem !== '' && { ca: [...getCACertificates('default'), caPem] }),
		...(clientCertificatePem !== '' && { cert: clientCertificatePem }),
		...(clientKeyPem !== '' && { key: clientKeyPem }),
	});
}

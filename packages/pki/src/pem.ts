import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyedCertificate } from './keyed-certificate.ts';

/** Writes DER as PEM (RFC 7468), with a line end at the end. @param label such as `CERTIFICATE` */
export function toPem(label: string, der: Uint8Array): string {
	const lines = Buffer.from(der)
		.toString('base64')
		.replace(/.{64}(?=.)/g, '$&\n');
	return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** Reads every certificate of a PEM text, in order. @returns DER of each @throws Error of node:crypto when one is not a certificate */
export function certificatesFromPem(pem: string): Uint8Array[] {
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
	return blocks.map((block) => new Uint8Array(new X509Certificate(block).raw));
}

/** Writes a key, its certificate and its chain as one PEM text, the key as unprotected PKCS#8: for files that their owner alone can read. */
export function keyedCertificateToPem({ privateKey, certificate, chain }: KeyedCertificate): string {
	const key = toPem('PRIVATE KEY', privateKey.export({ format: 'der', type: 'pkcs8' }));
	return key + [certificate, ...chain].map((der) => toPem('CERTIFICATE', der)).join('');
}

/** Reads what {@link keyedCertificateToPem} wrote. @throws Error of node:crypto, or when the first certificate is not the key's */
export function keyedCertificateFromPem(pem: string): KeyedCertificate {
	const privateKey = createPrivateKey(pem);
	const [certificate, ...chain] = certificatesFromPem(pem);
	if (!certificate || !new X509Certificate(certificate).checkPrivateKey(privateKey))
		throw new Error('the first certificate is not that of the key');
	return { privateKey, certificate, chain };
}

import { describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate } from './authority.ts';
import { certificatesFromPem, keyedCertificateFromPem, keyedCertificateToPem, toPem } from './pem.ts';

const authority = await createAuthority({ commonName: 'x', days: 10 });
const signer = await issueCertificate(authority, { commonName: 'y', purpose: 'sign', days: 10 });

describe('PEM', () => {
	it('keeps a key with its certificate and chain', () => {
		const back = keyedCertificateFromPem(keyedCertificateToPem(signer));
		expect(back.privateKey.equals(signer.privateKey)).toBe(true);
		expect(back.certificate).toEqual(signer.certificate);
		expect(back.chain).toEqual([authority.certificate]);
	});

	it('refuses a key with the certificate of another', () => {
		expect(() => keyedCertificateFromPem(keyedCertificateToPem({ ...signer, certificate: authority.certificate }))).toThrow(
			/not that of the key/,
		);
	});

	it('reads every certificate of a text, whatever stands between them', () => {
		const pem = `first\n${toPem('CERTIFICATE', signer.certificate)}\nand\r\n${toPem('CERTIFICATE', authority.certificate)}`;
		expect(certificatesFromPem(pem)).toEqual([signer.certificate, authority.certificate]);
		expect(certificatesFromPem('nothing')).toEqual([]);
	});

	it('writes lines of 64 characters', () => {
		const lines = toPem('X', new Uint8Array(96)).split('\n');
		expect(lines.map((one) => one.length)).toEqual([17, 64, 64, 15, 0]);
	});
});

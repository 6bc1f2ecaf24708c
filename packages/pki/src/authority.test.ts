import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate, type KeyType } from './authority.ts';
import { toPem } from './pem.ts';
import { hasOpenssl, opensslFolder } from './testing/openssl.ts';

const days = 3650;

describe('test authority', () => {
	it.each<KeyType>(['ecdsa-p256', 'rsa-3072'])('issues certificates for %s keys that chain to it', async (keyType) => {
		const authority = await createAuthority({ commonName: 'Some authority', days });
		const issued = await issueCertificate(authority, { commonName: 'Some signer', purpose: 'sign', keyType, days });
		const [ca, leaf] = [new X509Certificate(authority.certificate), new X509Certificate(issued.certificate)];
		expect(leaf.verify(ca.publicKey)).toBe(true);
		expect(leaf.checkIssued(ca)).toBe(true);
		expect(leaf.checkPrivateKey(issued.privateKey)).toBe(true);
		expect([ca.ca, leaf.ca]).toEqual([true, false]);
		expect(issued.chain).toEqual([authority.certificate]);
		expect(ca.subject).toContain('TEST');
		expect(leaf.subject).toContain('TEST');
		expect(issued.privateKey.asymmetricKeyType).toBe(keyType === 'rsa-3072' ? 'rsa' : 'ec');
	});

	it.skipIf(!hasOpenssl)('gives each purpose its usages, seen by OpenSSL', async () => {
		using folder = opensslFolder();
		const authority = await createAuthority({ commonName: 'Some authority', days });
		const show = async (purpose: 'sign' | 'timestamp' | 'server' | 'client' | 'peer') => {
			const subjectAltNames = purpose === 'server' ? ['localhost', '127.0.0.1'] : [];
			const { certificate } = await issueCertificate(authority, { commonName: 'x', purpose, days, subjectAltNames });
			folder.put('one.pem', toPem('CERTIFICATE', certificate));
			return folder.run('x509', '-in', 'one.pem', '-noout', '-ext', 'extendedKeyUsage,keyUsage,subjectAltName').output.replace(/\s+/g, ' ');
		};
		expect(await show('timestamp')).toMatch(/Key Usage: critical Digital Signature X509v3 Extended Key Usage: critical Time Stamping/);
		expect(await show('sign')).toMatch(/Key Usage: critical Digital Signature, Non Repudiation/);
		expect(await show('server')).toMatch(/TLS Web Server Authentication.*DNS:localhost, IP Address:127.0.0.1/);
		expect(await show('client')).toMatch(/TLS Web Client Authentication/);
		expect(await show('peer')).toMatch(/TLS Web Server Authentication, TLS Web Client Authentication/);
	});

	it('holds from and for as long as told', async () => {
		const validFrom = new Date('2026-01-02T03:04:05Z');
		const authority = await createAuthority({ commonName: 'x', days: 10, validFrom });
		const { validFromDate, validToDate } = new X509Certificate(authority.certificate);
		expect([validFromDate, validToDate]).toEqual([validFrom, new Date('2026-01-12T03:04:05Z')]);
	});
});

import { DomainError } from '@fefaent/kernel';
import { describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate, type KeyType } from '../authority.ts';
import { keyedCertificateToPem, toPem } from '../pem.ts';
import { hasOpenssl, opensslFolder } from '../testing/openssl.ts';
import { readPkcs12 } from './read.ts';
import { writePkcs12 } from './write.ts';

const password = 'contrasenya-sècreta';
const authority = await createAuthority({ commonName: 'authority', days: 100 });
const signer = await issueCertificate(authority, { commonName: 'signer', purpose: 'sign', days: 50 });
const keyTypes: readonly KeyType[] = ['ecdsa-p256', 'rsa-3072'];

async function reasonOf(bytes: Uint8Array, secret: string): Promise<string> {
	const error: unknown = await readPkcs12(bytes, secret).catch((thrown: unknown) => thrown);
	return error instanceof DomainError ? error.reason : `not refused: ${String(error)}`;
}

describe('PKCS#12', () => {
	it.each(keyTypes)('is read as it was written (%s)', async (keyType) => {
		const content = await issueCertificate(authority, { commonName: 'x', purpose: 'sign', keyType, days: 50 });
		const back = await readPkcs12(await writePkcs12(content, password), password);
		expect(back.privateKey.equals(content.privateKey)).toBe(true);
		expect(back.certificate).toEqual(content.certificate);
		expect(back.chain).toEqual([authority.certificate]);
	});

	it.skipIf(!hasOpenssl).each(keyTypes)('goes to OpenSSL and comes back (%s)', async (keyType) => {
		using folder = opensslFolder();
		const content = await issueCertificate(authority, { commonName: 'x', purpose: 'sign', keyType, days: 50 });
		folder.put('ours.p12', await writePkcs12(content, password));
		const opened = folder.run('pkcs12', '-in', 'ours.p12', '-passin', `pass:${password}`, '-nodes', '-out', 'all.pem');
		expect(opened).toMatchObject({ ok: true });
		expect(folder.run('pkcs12', '-export', '-in', 'all.pem', '-passout', 'pass:abc', '-out', 'theirs.p12')).toMatchObject({ ok: true });
		const back = await readPkcs12(folder.get('theirs.p12'), 'abc');
		expect(back.privateKey.equals(content.privateKey)).toBe(true);
		expect(back.certificate).toEqual(content.certificate);
		expect(back.chain).toEqual([authority.certificate]);
	});

	it('tells a wrong password from a file that is none', async () => {
		const bytes = await writePkcs12(signer, password);
		expect(await reasonOf(bytes, 'wrong')).toBe('PKCS12_PASSWORD_WRONG');
		expect(await reasonOf(bytes, '')).toBe('PKCS12_PASSWORD_WRONG');
		expect(await reasonOf(bytes.subarray(0, bytes.length - 40), password)).toBe('PKCS12_UNREADABLE');
		expect(await reasonOf(new TextEncoder().encode(keyedCertificateToPem(signer)), password)).toBe('PKCS12_UNREADABLE');
		expect(await reasonOf(new Uint8Array(), password)).toBe('PKCS12_UNREADABLE');
	});

	it('refuses a certificate of another key', async () => {
		expect(await reasonOf(await writePkcs12({ ...signer, certificate: authority.certificate }, password), password)).toBe(
			'PKCS12_NO_CERTIFICATE',
		);
	});

	it.skipIf(!hasOpenssl)('refuses a file without a key, and one of old ciphers, by name', async () => {
		using folder = opensslFolder();
		folder.put('certificate.pem', toPem('CERTIFICATE', signer.certificate));
		folder.put('all.pem', keyedCertificateToPem(signer));
		expect(folder.run('pkcs12', '-export', '-nokeys', '-in', 'certificate.pem', '-passout', 'pass:abc', '-out', 'no-key.p12').ok).toBe(
			true,
		);
		expect(await reasonOf(folder.get('no-key.p12'), 'abc')).toBe('PKCS12_NO_KEY');
		const old = ['-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'];
		expect(folder.run('pkcs12', '-export', '-in', 'all.pem', ...old, '-passout', 'pass:abc', '-out', 'old.p12').ok).toBe(true);
		expect(await reasonOf(folder.get('old.p12'), 'abc')).toBe('PKCS12_OLD_CIPHER');
	});
});

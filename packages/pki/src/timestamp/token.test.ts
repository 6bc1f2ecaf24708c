import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate, type KeyType } from '../authority.ts';
import { keyedCertificateToPem, toPem } from '../pem.ts';
import { hasOpenssl, opensslFolder } from '../testing/openssl.ts';
import { encodeTimeStampRequest, parseTimeStampRequest } from './request.ts';
import { encodeGrantedResponse, encodeRejectedResponse, parseTimeStampResponse } from './response.ts';
import { createTokenMinter } from './token.ts';
import { verifyTimeStampToken } from './verify.ts';

const validFrom = new Date('2026-01-01T00:00:00Z');
const time = new Date('2026-02-03T04:05:06.120Z');
const issue = { days: 365, validFrom };
const root = await createAuthority({ commonName: 'authority', ...issue });
const authority = await issueCertificate(root, { commonName: 'tsa', purpose: 'timestamp', ...issue });
const data = new TextEncoder().encode('what is stamped');
const digest = createHash('sha256').update(data).digest();
const nonce = Buffer.from('00f1e2d3', 'hex');
const anchors = [root.certificate];
const mint = createTokenMinter({ authority, now: () => time });
const token = mint(digest, { nonce });

describe('time-stamp token', () => {
	it.each<KeyType>(['ecdsa-p256', 'rsa-3072'])('is minted and verified (%s)', async (keyType) => {
		const other = await issueCertificate(root, { commonName: 'tsa', purpose: 'timestamp', keyType, ...issue });
		const minted = createTokenMinter({ authority: other, now: () => time })(digest);
		const report = await verifyTimeStampToken(minted, { data, anchors });
		expect(report).toMatchObject({ ok: true, trusted: true, reasons: [], time, certificate: other.certificate });
	});

	it('has a serial number of its own', async () => {
		const reports = await Promise.all(Array.from({ length: 50 }, () => verifyTimeStampToken(mint(digest), { digest })));
		expect(new Set(reports.map((one) => one.serialNumber)).size).toBe(50);
	});

	it('holds for its data and nonce only', async () => {
		expect(await verifyTimeStampToken(token, { digest, nonce: Buffer.from('f1e2d3', 'hex'), anchors })).toMatchObject({ ok: true });
		const others = [{ data: new Uint8Array(1) }, { digest: new Uint8Array(32) }, { digest, nonce: Buffer.from('01', 'hex') }];
		for (const expected of others)
			expect(await verifyTimeStampToken(token, { ...expected, anchors })).toMatchObject({ ok: false, trusted: false });
		expect(await verifyTimeStampToken(mint(digest), { digest, nonce })).toMatchObject({ ok: false });
	});

	it('is trusted below its authority only, and while its certificate is valid', async () => {
		const stranger = await createAuthority({ commonName: 'authority', ...issue });
		expect(await verifyTimeStampToken(token, { data })).toMatchObject({ ok: true, trusted: false });
		expect(await verifyTimeStampToken(token, { data, anchors: [stranger.certificate] })).toMatchObject({ ok: false, trusted: false });
		const late = createTokenMinter({ authority, now: () => new Date('2027-06-01T00:00:00Z') })(digest);
		expect(await verifyTimeStampToken(late, { data, anchors })).toMatchObject({ ok: false, trusted: false });
	});

	it('is refused from a certificate for anything else', async () => {
		const signer = await issueCertificate(root, { commonName: 'signer', purpose: 'sign', ...issue });
		const minted = createTokenMinter({ authority: signer, now: () => time })(digest);
		const report = await verifyTimeStampToken(minted, { data, anchors });
		expect(report).toMatchObject({ ok: false, reasons: ['the certificate is not for time-stamping only'] });
	});

	it('may leave out the certificate, which is then needed from elsewhere', async () => {
		const bare = mint(digest, { certificates: false });
		expect(await verifyTimeStampToken(bare, { data, anchors })).toMatchObject({ ok: false });
		expect(await verifyTimeStampToken(bare, { data, anchors, certificates: [authority.certificate] })).toMatchObject({ trusted: true });
	});

	it('fails with any byte changed, and never throws', async () => {
		const pristine = JSON.stringify(await verifyTimeStampToken(token, { data, nonce, anchors }));
		await fc.assert(
			fc.asyncProperty(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
				const spoiled = Uint8Array.from(token);
				spoiled[position] = (spoiled[position] ?? 0) ^ mask;
				const report = await verifyTimeStampToken(spoiled, { data, nonce, anchors });
				// What CMS does not sign (version numbers, parameters) may change; then everything that is reported is the same.
				if (report.trusted) expect(JSON.stringify(report)).toBe(pristine);
			}),
			{ numRuns: 300 },
		);
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
				expect(await verifyTimeStampToken(bytes, { data })).toMatchObject({ ok: false, trusted: false });
			}),
			{ numRuns: 200 },
		);
	});
});

describe('RFC 3161 messages', () => {
	it('say what was asked', async () => {
		const request = await parseTimeStampRequest(encodeTimeStampRequest(digest, nonce));
		expect(request).toEqual({
			digest: new Uint8Array(digest),
			digestAlgorithm: 'sha256',
			certificates: true,
			nonce: Uint8Array.of(0xf1, 0xe2, 0xd3),
		});
		await expect(parseTimeStampRequest(new Uint8Array(5))).rejects.toMatchObject({ reason: 'TIMESTAMP_UNREADABLE' });
	});

	it('say what was answered', async () => {
		expect(await parseTimeStampResponse(encodeGrantedResponse(token))).toEqual({ granted: true, token: new Uint8Array(token) });
		expect(await parseTimeStampResponse(encodeRejectedResponse('no'))).toEqual({ granted: false, status: 2, text: 'no' });
		await expect(parseTimeStampResponse(new Uint8Array(5))).rejects.toMatchObject({ reason: 'TIMESTAMP_UNREADABLE' });
		await expect(parseTimeStampResponse(Buffer.from('30053003020100', 'hex'))).rejects.toMatchObject({ reason: 'TIMESTAMP_UNREADABLE' });
	});
});

describe.skipIf(!hasOpenssl)('OpenSSL', () => {
	it('verifies our tokens and reads our requests', () => {
		using folder = opensslFolder();
		folder.put('root.pem', toPem('CERTIFICATE', root.certificate));
		folder.put('data', data);
		folder.put('answer.tsr', encodeGrantedResponse(token));
		folder.put('request.tsq', encodeTimeStampRequest(digest, nonce));
		const verify = ['ts', '-verify', '-in', 'answer.tsr', '-CAfile', 'root.pem', '-attime', String(Math.ceil(time.getTime() / 1000))];
		expect(folder.run(...verify, '-data', 'data').output).toContain('Verification: OK');
		expect(folder.run(...verify, '-queryfile', 'request.tsq').output).toContain('Verification: OK');
		folder.put('data', 'something else');
		expect(folder.run(...verify, '-data', 'data').ok).toBe(false);
	});

	it.each<[string, KeyType]>([
		['sha256', 'ecdsa-p256'],
		['sha384', 'ecdsa-p256'],
		['sha512', 'rsa-3072'],
	])('makes tokens (%s, %s) that we verify', async (hash, keyType) => {
		using folder = opensslFolder();
		const now = { days: 10 };
		const here = await createAuthority({ commonName: 'authority', ...now });
		const tsa = await issueCertificate(here, { commonName: 'tsa', purpose: 'timestamp', keyType, ...now });
		folder.put('tsa.pem', toPem('CERTIFICATE', tsa.certificate));
		folder.put('key.pem', keyedCertificateToPem(tsa));
		folder.put('data', data);
		folder.put('serial', '01');
		folder.put(
			'ts.cnf',
			`[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_digest=${hash}\ndefault_policy=1.2.3\ndigests=sha256,sha384,sha512\nordering=yes\ntsa_name=yes\n`,
		);
		expect(folder.run('ts', '-query', '-data', 'data', `-${hash}`, '-cert', '-out', 'request.tsq')).toMatchObject({ ok: true });
		const reply = [
			'ts',
			'-reply',
			'-config',
			'ts.cnf',
			'-queryfile',
			'request.tsq',
			'-signer',
			'tsa.pem',
			'-inkey',
			'key.pem',
			'-out',
			'answer.tsr',
		];
		expect(folder.run(...reply)).toMatchObject({ ok: true });
		const response = await parseTimeStampResponse(folder.get('answer.tsr'));
		const request = await parseTimeStampRequest(folder.get('request.tsq'));
		const theirs = response.granted ? response.token : new Uint8Array();
		const expected = { data, anchors: [here.certificate], ...(request.nonce ? { nonce: request.nonce } : {}) };
		expect(await verifyTimeStampToken(theirs, expected)).toMatchObject({ trusted: true, reasons: [] });
		expect(request.digestAlgorithm).toBe(hash);
	});
});

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { armCrashpoints, ManualClock, systemClock } from '@fefaent/kernel';
import { certificatesFromPem, chainToAnchor, createAuthority, issueCertificate, toPem, writePkcs12 } from '@fefaent/pki';
import { type Env, readConfig, silentLogger } from '@fefaent/service-kit';
import { temporaryFolder } from '@fefaent/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { evidenceConfig } from '../config.ts';
import { loadTrust } from './load.ts';
import { ensureTestTrust, type TestTrustOptions } from './test-trust.ts';

afterEach(() => armCrashpoints(undefined));

const day = 86_400_000;
const load = (folder: string, env: Env) =>
	loadTrust({ config: readConfig(evidenceConfig, env), folder, clock: systemClock, logger: silentLogger });
const options = (folder: string): TestTrustOptions => ({ folder, keyType: 'ecdsa-p256', clock: systemClock });

describe('test trust', () => {
	it('is made once, for its owner only, and kept', async () => {
		await using folder = temporaryFolder();
		const path = folder.join('trust');
		const first = await ensureTestTrust(options(path));
		const second = await ensureTestTrust(options(path));
		expect([first.made, second.made]).toEqual([true, false]);
		for (const name of ['authority', 'signer', 'timeStamping'] as const) {
			expect(second[name].certificate).toEqual(first[name].certificate);
			expect(second[name].privateKey.equals(first[name].privateKey)).toBe(true);
		}
		expect(statSync(path).mode & 0o777).toBe(0o700);
		for (const name of readdirSync(path)) expect(statSync(`${path}/${name}`).mode & 0o777).toBe(0o600);
	});

	it.each(['test-authority', 'test-tsa', 'test-signer-ecdsa-p256'])('cut short before %s is written is taken up again', async (name) => {
		await using folder = temporaryFolder();
		armCrashpoints((point) => {
			if (point === `evidence.trust.${name}.before-write`) throw new Error('cut short');
		});
		await expect(ensureTestTrust(options(folder.path))).rejects.toThrow('cut short');
		armCrashpoints(undefined);
		const { authority, signer, timeStamping } = await ensureTestTrust(options(folder.path));
		for (const { certificate } of [signer, timeStamping]) {
			expect(chainToAnchor(certificate, [], { anchors: [authority.certificate], at: new Date() })).toMatchObject({ ok: true });
		}
	});

	it('holds for the machine and for a sandbox ten years ahead', async () => {
		await using folder = temporaryFolder();
		const ahead = new ManualClock(new Date(Date.now() + 3650 * day));
		const { authority, signer } = await ensureTestTrust({ ...options(folder.path), clock: ahead });
		for (const at of [new Date(), ahead.now(), new Date(ahead.now().getTime() + 3600 * day)]) {
			expect(chainToAnchor(signer.certificate, [], { anchors: [authority.certificate], at })).toMatchObject({ ok: true });
		}
	});

	it('gets a signer of the other kind of key from the authority that is there', async () => {
		await using folder = temporaryFolder();
		const { authority } = await ensureTestTrust(options(folder.path));
		const rsa = await ensureTestTrust({ ...options(folder.path), keyType: 'rsa-3072' });
		expect(rsa.signer.privateKey.asymmetricKeyType).toBe('rsa');
		expect(rsa.authority.certificate).toEqual(authority.certificate);
	});

	it('that was damaged is not replaced in silence', async () => {
		await using folder = temporaryFolder();
		await ensureTestTrust(options(folder.path));
		writeFileSync(folder.join('test-signer-ecdsa-p256.key.pem'), 'x');
		await expect(ensureTestTrust(options(folder.path))).rejects.toThrow();
	});
});

describe('trust by the settings', () => {
	it('is the test one when nothing is set, and says so', async () => {
		await using folder = temporaryFolder();
		const trust = await load(folder.join('trust'), {});
		expect(trust).toMatchObject({ test: true, authority: { kind: 'built-in' }, signer: { algorithm: 'ecdsa-p256-sha256', chain: [] } });
		expect(trust.signerCaPem).toBe(readFileSync(folder.join('trust', 'test-authority.pem'), 'utf8'));
		expect(trust.tsaCaPem).toBe(trust.signerCaPem);
		expect(certificatesFromPem(trust.signerPem)).toEqual([trust.signer.certificate]);
		expect(await load(folder.join('trust'), { FEFAENT_EVIDENCE_TEST_KEY: 'rsa-3072' })).toMatchObject({
			signer: { algorithm: 'rsa-pkcs1-sha256' },
		});
	});

	it('is what a PKCS#12 file and a time-stamping authority give, and makes no test keys then', async () => {
		await using folder = temporaryFolder();
		const authority = await createAuthority({ commonName: 'authority', days: 10 });
		const signer = await issueCertificate(authority, { commonName: 'signer', purpose: 'sign', days: 10 });
		writeFileSync(folder.join('signer.p12'), await writePkcs12(signer, 'secret'));
		writeFileSync(folder.join('tsa-ca.pem'), toPem('CERTIFICATE', authority.certificate));
		const env = {
			FEFAENT_EVIDENCE_SIGNER_P12: folder.join('signer.p12'),
			FEFAENT_EVIDENCE_SIGNER_PASSWORD: 'secret',
			FEFAENT_EVIDENCE_TSA_URL: 'http://tsa.example/tsa',
			FEFAENT_EVIDENCE_TSA_CA: folder.join('tsa-ca.pem'),
		};
		const trust = await load(folder.join('trust'), env);
		expect(trust).toMatchObject({
			test: false,
			authority: { kind: 'http', url: 'http://tsa.example/tsa' },
			signer: { certificate: signer.certificate },
		});
		expect(certificatesFromPem(trust.signerCaPem)).toEqual([authority.certificate]);
		expect(readdirSync(folder.path)).not.toContain('trust');
		await expect(load(folder.join('trust'), { ...env, FEFAENT_EVIDENCE_SIGNER_PASSWORD: 'wrong' })).rejects.toMatchObject({
			reason: 'PKCS12_PASSWORD_WRONG',
		});
		// Half of a real trust is none.
		await expect(load(folder.join('trust'), { ...env, FEFAENT_EVIDENCE_TSA_URL: '' })).rejects.toMatchObject({ reason: 'TRUST_SETTINGS' });
		await expect(load(folder.join('trust'), { ...env, FEFAENT_EVIDENCE_TSA_CA: '' })).rejects.toMatchObject({ reason: 'TRUST_SETTINGS' });
		rmSync(env.FEFAENT_EVIDENCE_SIGNER_P12);
		await expect(load(folder.join('trust'), env)).rejects.toMatchObject({ code: 'ENOENT' });
	});
});

import { readFile } from 'node:fs/promises';
import type { Clock } from '@fefaent/kernel';
import { certificatesFromPem, toPem } from '@fefaent/pki';
import type { Logger } from '@fefaent/service-kit';
import type { EvidenceConfig } from '../config.ts';
import { evidenceError } from '../errors.ts';
import { describeSigner, pkcs12Signer } from '../keys/pkcs12.ts';
import type { SignerDescription, SignerProvider } from '../keys/port.ts';
import type { AuthorityDescription } from '../timestamps/port.ts';
import { ensureTestTrust, type TestTrust } from './test-trust.ts';

/** Who seals, and whom those who verify have to trust. */
export interface EvidenceTrust {
	readonly signer: SignerDescription;
	readonly authority: AuthorityDescription;
	readonly signerCaPem: string;
	readonly signerPem: string;
	readonly tsaCaPem: string;
	/** Whether any of it is made for tests only. */
	readonly test: boolean;
}

/** Where it comes from. */
export interface TrustOptions {
	readonly config: EvidenceConfig;
	/** Of the test keys. */
	readonly folder: string;
	readonly clock: Clock;
	readonly logger: Logger;
	/** A key from elsewhere; it takes the place of the PKCS#12 file, whose setting is then not read. */
	readonly signer?: SignerProvider;
}

/**
 * Opens the signing key and says how time-stamps are had, by the settings. A real key never goes with test time-stamps: the evidences would look
 * like proof and be none.
 * @throws DomainError TRUST_SETTINGS, or of `pkiErrors`
 */
export async function loadTrust({ config, folder, clock, logger, signer: provider }: TrustOptions): Promise<EvidenceTrust> {
	const p12 = config.FEFAENT_EVIDENCE_SIGNER_P12;
	const given = provider ?? (p12 === undefined ? undefined : pkcs12Signer(p12, config.FEFAENT_EVIDENCE_SIGNER_PASSWORD));
	const url = config.FEFAENT_EVIDENCE_TSA_URL;
	if (given && url === undefined) {
		throw evidenceError('TRUST_SETTINGS', { detail: 'a signer of your own needs FEFAENT_EVIDENCE_TSA_URL' });
	}
	const test = given && url !== undefined ? undefined : await testTrust(config, folder, clock, logger);
	const signer = given ? await given.load() : describeSigner(present(test).signer);
	const stamps = url === undefined ? builtIn(present(test)) : await overHttp(config, url);
	return {
		signer,
		authority: stamps.authority,
		signerPem: toPem('CERTIFICATE', signer.certificate),
		signerCaPem: given ? await anchorPem(config, signer) : toPem('CERTIFICATE', present(test).authority.certificate),
		tsaCaPem: stamps.pem,
		test: test !== undefined,
	};
}

async function testTrust(config: EvidenceConfig, folder: string, clock: Clock, logger: Logger): Promise<TestTrust> {
	const trust = await ensureTestTrust({ folder, keyType: config.FEFAENT_EVIDENCE_TEST_KEY, clock });
	const what = 'evidences are sealed by a TEST authority of this installation: they prove nothing to others';
	logger.warn({ folder, made: trust.made }, what);
	return trust;
}

function builtIn({ timeStamping, authority }: TestTrust): { authority: AuthorityDescription; pem: string } {
	const pkcs8 = new Uint8Array(timeStamping.privateKey.export({ format: 'der', type: 'pkcs8' }));
	return {
		authority: { kind: 'built-in', certificate: timeStamping.certificate, chain: [], pkcs8 },
		pem: toPem('CERTIFICATE', authority.certificate),
	};
}

async function overHttp(config: EvidenceConfig, url: string): Promise<{ authority: AuthorityDescription; pem: string }> {
	const path = config.FEFAENT_EVIDENCE_TSA_CA;
	if (path === undefined) throw evidenceError('TRUST_SETTINGS', { detail: 'FEFAENT_EVIDENCE_TSA_URL needs FEFAENT_EVIDENCE_TSA_CA' });
	const pem = await readFile(path, 'utf8');
	const anchors = certificatesFromPem(pem);
	if (anchors.length === 0) throw evidenceError('TRUST_SETTINGS', { detail: 'FEFAENT_EVIDENCE_TSA_CA holds no certificate' });
	return {
		authority: {
			kind: 'http',
			url,
			anchors,
			timeoutMs: config.FEFAENT_EVIDENCE_TSA_TIMEOUT,
			attempts: config.FEFAENT_EVIDENCE_TSA_ATTEMPTS,
			connections: config.FEFAENT_EVIDENCE_TSA_CONNECTIONS,
		},
		pem,
	};
}

/** Whom to trust for a signer of one's own: as told, else the top of its chain. */
async function anchorPem(config: EvidenceConfig, signer: SignerDescription): Promise<string> {
	if (config.FEFAENT_EVIDENCE_SIGNER_CA !== undefined) return readFile(config.FEFAENT_EVIDENCE_SIGNER_CA, 'utf8');
	return toPem('CERTIFICATE', signer.anchor ?? signer.certificate);
}

function present<T>(value: T | undefined): T {
	if (value === undefined) throw new TypeError('the test trust is missing');
	return value;
}

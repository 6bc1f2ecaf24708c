import { join } from 'node:path';
import { readIfThere, replaceFile } from '@fefaent/files';
import { type Clock, crashpoint } from '@fefaent/kernel';
import {
	createAuthority,
	issueCertificate,
	type KeyedCertificate,
	type KeyType,
	keyedCertificateFromPem,
	keyedCertificateToPem,
	toPem,
} from '@fefaent/pki';

/** Keys and certificates of a test installation. */
export interface TestTrust {
	readonly authority: KeyedCertificate;
	readonly signer: KeyedCertificate;
	readonly timeStamping: KeyedCertificate;
	/** Whether any of them was made now. */
	readonly made: boolean;
}

/** How the test trust is made. */
export interface TestTrustOptions {
	/** Kept there from then on; made when missing, for its owner only. */
	readonly folder: string;
	readonly keyType: KeyType;
	readonly clock: Clock;
}

const days = { authority: 3660, others: 3650 };
const dayMs = 86_400_000;

/**
 * Reads the test authority, signer and time-stamping authority of this installation, and makes those that are not there yet: the
 * authority first, since it issues the others. A file is there whole or not at all, so a start that was cut short is taken up again.
 * The keys are kept as PEM: reading PKCS#12 costs 0.1 s and 27 MB of a process that has neither to spare, and its password would lie beside it.
 */
export async function ensureTestTrust({ folder, keyType, clock }: TestTrustOptions): Promise<TestTrust> {
	let made = false;
	const ensure = async (name: string, make: () => Promise<KeyedCertificate>): Promise<KeyedCertificate> => {
		const path = join(folder, `${name}.key.pem`);
		const known = await readIfThere(path);
		if (known !== undefined) return keyedCertificateFromPem(known.toString('utf8'));
		const content = await make();
		await crashpoint(`evidence.trust.${name}.before-write`);
		await replaceFile(join(folder, `${name}.pem`), toPem('CERTIFICATE', content.certificate));
		await replaceFile(path, keyedCertificateToPem(content), {
			beforeNamed: () => crashpoint(`evidence.trust.${name}.before-key`),
			afterNamed: () => crashpoint(`evidence.trust.${name}.after-key`),
		});
		made = true;
		return content;
	};
	// Certificates that are valid for the machine's time and for a sandbox's, which may be ahead of it.
	const validFrom = new Date(Math.min(Date.now(), clock.now().getTime()) - dayMs);
	const aheadDays = Math.ceil((clock.now().getTime() - validFrom.getTime()) / dayMs);
	const authority = await ensure('test-authority', () =>
		createAuthority({ commonName: 'Fefaent TEST authority', days: days.authority + aheadDays, validFrom }),
	);
	const issue = (commonName: string, purpose: 'sign' | 'timestamp', type: KeyType) =>
		issueCertificate(authority, { commonName, purpose, keyType: type, days: days.others + aheadDays, validFrom });
	const timeStamping = await ensure('test-tsa', () => issue('Fefaent TEST time-stamping authority', 'timestamp', 'ecdsa-p256'));
	const signer = await ensure(`test-signer-${keyType}`, () => issue('Fefaent TEST signer', 'sign', keyType));
	return { authority, signer, timeStamping, made };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { adminApi } from '@fefaent/gateway';
import { certificatesFromPem, type EvidenceTrust } from '@fefaent/pki';
import type { AdminClient } from './client.ts';
import { CommandFailure } from './failure.ts';
import { readText } from './files.ts';

/** Whom to trust, and who says so. */
export interface NamedTrust extends EvidenceTrust {
	readonly from: string;
	/** Whether these are test certificates; undefined when nobody says. */
	readonly test?: boolean;
}

/**
 * Finds whom to trust: the files that were named; else what the running installation says; else the test authority in its data folder.
 * @throws CommandFailure when nothing is found
 */
export async function trustFor(files: readonly string[] | undefined, admin: AdminClient): Promise<NamedTrust> {
	if (files !== undefined) {
		const certificates = files.flatMap((file) => inPem(readText(file), file));
		return { signers: certificates, timeStamping: certificates, from: files.join(', ') };
	}
	try {
		return installationTrust(await admin.get<adminApi.Trust>('/admin/v1/trust'), admin.url);
	} catch (error) {
		const file = join(process.env.FEFAENT_DATA_DIR || './data', 'trust', 'test-authority.pem');
		if (!(error instanceof CommandFailure) || !existsSync(file)) throw error;
		const certificates = inPem(readText(file), file);
		return { signers: certificates, timeStamping: certificates, from: file, test: true };
	}
}

/** What an installation says of itself. */
export function installationTrust(trust: adminApi.Trust, from: string): NamedTrust {
	return {
		signers: inPem(trust.signerCaPem ?? trust.signerPem ?? '', from),
		timeStamping: trust.tsaCaPem === undefined ? [] : inPem(trust.tsaCaPem, from),
		from: `the installation at ${from}`,
		test: trust.test,
	};
}

function inPem(pem: string, from: string): readonly Uint8Array[] {
	const certificates = certificatesFromPem(pem);
	if (certificates.length === 0) throw new CommandFailure(`${from} holds no certificate in PEM`);
	return certificates;
}

import { createHash } from 'node:crypto';
import { crashpoint, DomainError } from '@fefaent/kernel';
import { completeXades, prepareXades, timestampInput, type XadesSigner } from '@fefaent/xml';
import { evidenceError } from '../errors.ts';
import type { TimeStampAuthority } from '../timestamps/port.ts';
import type { Sealed, Unsealed } from './protocol.ts';
import { writeDocument } from './write.ts';

/** What seals. */
export interface Sealer {
	readonly signer: XadesSigner;
	readonly authority: TimeStampAuthority;
}

/**
 * Seals documents as XAdES baseline B-T (ETSI EN 319 132-1): all of them are signed, then all signatures time-stamped, so that a remote
 * key or authority is asked for a batch at a time.
 * @param at the signing time
 * @throws DomainError SIGNER_UNAVAILABLE, TSA_UNAVAILABLE: then none is sealed
 */
export async function sealAll({ signer, authority }: Sealer, documents: readonly Unsealed[], at: Date): Promise<Sealed[]> {
	const prepared = documents.map(({ document, evidenceId }) =>
		prepareXades(writeDocument(document), {
			signer,
			signingTime: at,
			signatureId: `signatura-${evidenceId}`,
			mimeType: 'text/xml',
			position: 'first-child',
		}),
	);
	const signatures = await Promise.all(prepared.map(async (one) => signer.sign(one.signedInfo))).catch((error: unknown) => {
		throw error instanceof DomainError ? error : evidenceError('SIGNER_UNAVAILABLE', {}, { cause: error });
	});
	await crashpoint('evidence.sealing.signed');
	const pairs = prepared.map((one, index) => ({ prepared: one, signature: signatures[index] as Uint8Array }));
	const tokens = await authority.stamp(pairs.map((one) => sha256(timestampInput(one.prepared, one.signature))));
	await crashpoint('evidence.sealing.stamped');
	return pairs.map((one, index) => {
		const xml = completeXades(one.prepared, one.signature, tokens[index]);
		return { xml, sha256: sha256(xml) };
	});
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

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
 * @returns for each document, in order, what it became or why it failed: SIGNER_UNAVAILABLE, SEALING_FAILED. It keeps no other from being sealed
 * @throws DomainError TSA_UNAVAILABLE: then none is sealed
 */
export async function sealAll({ signer, authority }: Sealer, documents: readonly Unsealed[], at: Date): Promise<(Sealed | DomainError)[]> {
	const prepared = await each(documents, 'SEALING_FAILED', ({ document, evidenceId }) =>
		prepareXades(writeDocument(document), {
			signer,
			signingTime: at,
			signatureId: `signatura-${evidenceId}`,
			mimeType: 'text/xml',
			position: 'first-child',
		}),
	);
	const signed = await each(prepared, 'SIGNER_UNAVAILABLE', async (one) => ({
		prepared: one,
		signature: await signer.sign(one.signedInfo),
	}));
	await crashpoint('evidence.sealing.signed');
	const inputs = await each(signed, 'SEALING_FAILED', (one) => ({ ...one, digest: sha256(timestampInput(one.prepared, one.signature)) }));
	const digests = inputs.flatMap((one) => (one instanceof DomainError ? [] : [one.digest]));
	const tokens = digests.length > 0 ? await authority.stamp(digests) : [];
	await crashpoint('evidence.sealing.stamped');
	const tokenOf = new Map(digests.map((digest, index) => [digest, tokens[index]]));
	return each(inputs, 'SEALING_FAILED', ({ prepared, signature, digest }) => {
		const xml = completeXades(prepared, signature, tokenOf.get(digest));
		return { xml, sha256: sha256(xml) };
	});
}

/** One step for all that have not failed before it; whoever fails in it does so alone. */
function each<I extends object, O extends object>(
	items: readonly (I | DomainError)[],
	reason: 'SEALING_FAILED' | 'SIGNER_UNAVAILABLE',
	step: (item: I) => O | Promise<O>,
): Promise<(O | DomainError)[]> {
	return Promise.all(
		items.map(async (item) => {
			if (item instanceof DomainError) return item;
			try {
				return await step(item);
			} catch (error) {
				return error instanceof DomainError ? error : evidenceError(reason, {}, { cause: error });
			}
		}),
	);
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

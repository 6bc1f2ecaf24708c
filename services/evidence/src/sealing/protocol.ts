import type { EvidenceNode } from '../domain/node.ts';
import type { SignerDescription } from '../keys/port.ts';
import type { AuthorityDescription } from '../timestamps/port.ts';

/** A document to seal. */
export interface Unsealed {
	/** UUID of the evidence; names the signature. */
	readonly evidenceId: string;
	readonly document: EvidenceNode;
}

/** A sealed document. */
export interface Sealed {
	readonly xml: Uint8Array;
	readonly sha256: Uint8Array;
}

/** Why something was not sealed, as plain data: an error loses its class on its way between threads. */
export interface SealingFailure {
	/** Of `evidenceErrors`. */
	readonly reason: string;
	readonly details: Readonly<Record<string, string>>;
	/** What was behind it, without its message, which might quote a document. */
	readonly cause: string;
}

/** What a sealing thread is given when it starts. */
export interface SealingSetup {
	readonly signer: SignerDescription;
	readonly authority: AuthorityDescription;
}

/** A batch for a sealing thread. */
export interface SealingJob {
	readonly id: number;
	/** The environment's time, in milliseconds since 1970. */
	readonly at: number;
	readonly documents: readonly Unsealed[];
}

/** All sealed documents of a batch in one buffer, since buffers cross threads one by one; failures by the index of their document. */
export interface PackedBatch {
	readonly xml: Uint8Array;
	/** For each document of the batch; 0 for one that failed. */
	readonly lengths: readonly number[];
	readonly digests: Uint8Array;
	readonly failures: ReadonlyMap<number, SealingFailure>;
}

/** What a sealing thread answers: how each document went, or why none of them could be sealed. */
export type SealingAnswer =
	| { readonly id: number; readonly batch: PackedBatch }
	| { readonly id: number; readonly batch?: undefined; readonly failure: SealingFailure };

const digestBytes = 32;

/** Puts sealed documents side by side. */
export function packed(outcomes: readonly (Sealed | SealingFailure)[]): PackedBatch {
	const lengths = outcomes.map((one) => ('xml' in one ? one.xml.length : 0));
	const xml = new Uint8Array(lengths.reduce((sum, one) => sum + one, 0));
	const digests = new Uint8Array(outcomes.length * digestBytes);
	const failures = new Map<number, SealingFailure>();
	let at = 0;
	outcomes.forEach((one, index) => {
		if ('xml' in one) {
			xml.set(one.xml, at);
			digests.set(one.sha256, index * digestBytes);
			at += one.xml.length;
		} else failures.set(index, one);
	});
	return { xml, lengths, digests, failures };
}

/** Takes them apart again, without copying. */
export function unpacked({ xml, lengths, digests, failures }: PackedBatch): (Sealed | SealingFailure)[] {
	let at = 0;
	return lengths.map((length, index) => {
		const start = at;
		at += length;
		const sealed = { xml: xml.subarray(start, at), sha256: digests.subarray(index * digestBytes, (index + 1) * digestBytes) };
		return failures.get(index) ?? sealed;
	});
}

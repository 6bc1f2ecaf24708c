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

/** What a sealing thread answers: all documents in one buffer, since buffers cross threads one by one, or a failure by its name. */
export type SealingAnswer =
	| { readonly id: number; readonly ok: true; readonly xml: Uint8Array; readonly lengths: readonly number[]; readonly digests: Uint8Array }
	| {
			readonly id: number;
			readonly ok: false;
			readonly reason: string;
			readonly details: Readonly<Record<string, string>>;
			readonly cause: string;
	  };

const digestBytes = 32;

/** Puts sealed documents side by side. */
export function packed(id: number, sealed: readonly Sealed[]): SealingAnswer & { ok: true } {
	const lengths = sealed.map((one) => one.xml.length);
	const xml = new Uint8Array(lengths.reduce((sum, one) => sum + one, 0));
	const digests = new Uint8Array(sealed.length * digestBytes);
	let at = 0;
	sealed.forEach((one, index) => {
		xml.set(one.xml, at);
		digests.set(one.sha256, index * digestBytes);
		at += one.xml.length;
	});
	return { id, ok: true, xml, lengths, digests };
}

/** Takes them apart again, without copying. */
export function unpacked({ xml, lengths, digests }: SealingAnswer & { ok: true }): Sealed[] {
	let at = 0;
	return lengths.map((length, index) => {
		const start = at;
		at += length;
		return { xml: xml.subarray(start, at), sha256: digests.subarray(index * digestBytes, (index + 1) * digestBytes) };
	});
}

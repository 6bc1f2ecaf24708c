import { X509Certificate } from 'node:crypto';
import type { VerifiedTimestamp, XmlSignatureReport } from '@fefaent/xml';
import { chainToAnchor } from './chain.ts';
import { type TimeStampReport, verifyTimeStampToken } from './timestamp/verify.ts';

/** Whom to trust, DER of certificates each. */
export interface EvidenceTrust {
	/** Authorities of signers, or signers themselves. */
	readonly signers: readonly Uint8Array[];
	/** Authorities of time-stamping authorities, or these themselves. */
	readonly timeStamping: readonly Uint8Array[];
}

/** What the check of an evidence found. */
export interface EvidenceReport {
	/** Whole, signed by a trusted signer, time-stamped by a trusted authority while the signer's certificate was valid. */
	readonly valid: boolean;
	/** Why not; empty when valid. */
	readonly problems: readonly string[];
	/** XAdES level of what is there: a signature alone, or with a time-stamp. Absent when there is no signature to speak of. */
	readonly level?: 'B-B' | 'B-T';
	/** What is signed, in canonical form: use nothing else of the file. */
	readonly content?: Uint8Array;
	/** Distinguished name. */
	readonly signer?: string;
	/** What the signer says. */
	readonly signingTime?: Date;
	/** What the time-stamping authority says: it existed then. */
	readonly provenTime?: Date;
	/** Distinguished name. */
	readonly timeStampingAuthority?: string;
}

/**
 * Checks an evidence offline: the signature, its time-stamps, and both chains at the time that is proven. Revocation needs the network and is not looked at.
 * Never throws, whatever the bytes.
 */
export async function verifyEvidence(bytes: Uint8Array, trust: EvidenceTrust): Promise<EvidenceReport> {
	// Loaded when needed: whoever only makes certificates or tokens does without an XML parser.
	const { verifyXmlSignature } = await import('@fefaent/xml');
	const report = verifyXmlSignature(bytes, { trust: trust.signers });
	const stamps = await Promise.all(report.timestamps.map((one) => checkStamp(one, report, trust)));
	const problems = [...report.problems.map((one) => one.message), ...stamps.flatMap((one) => one.reasons)];
	const [earliest] = stamps.filter((one) => one.trusted).sort((one, other) => (one.time?.getTime() ?? 0) - (other.time?.getTime() ?? 0));
	if (report.signer && stamps.length === 0) problems.push('There is no time-stamp.');
	return {
		valid: report.valid && problems.length === 0,
		problems,
		...(report.signer ? { level: earliest ? ('B-T' as const) : ('B-B' as const), signer: nameOf(report.signer.certificate) } : {}),
		...(report.content ? { content: report.content } : {}),
		...(report.signingTime ? { signingTime: report.signingTime } : {}),
		...(earliest?.time ? { provenTime: earliest.time } : {}),
		...(earliest?.certificate ? { timeStampingAuthority: nameOf(earliest.certificate) } : {}),
	};
}

/** The token, and whether the signer's certificate was good at its time: the signer's own word on the time proves nothing. */
async function checkStamp({ token, input }: VerifiedTimestamp, report: XmlSignatureReport, trust: EvidenceTrust): Promise<TimeStampReport> {
	const stamp = await verifyTimeStampToken(token, { data: input, anchors: trust.timeStamping });
	if (!stamp.time || !report.signer) return stamp;
	const chain = chainToAnchor(report.signer.certificate, report.chain, { anchors: trust.signers, at: stamp.time });
	return chain.ok
		? stamp
		: { ...stamp, ok: false, trusted: false, reasons: [...stamp.reasons, `signer at the time-stamp: ${chain.reason}`] };
}

const nameOf = (certificate: Uint8Array): string => new X509Certificate(certificate).subject.replaceAll('\n', ', ');

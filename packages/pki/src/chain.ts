import { X509Certificate } from 'node:crypto';

/** Longest path that is looked at. */
const maxDepth = 8;

/** Whom to trust, and when the certificates must have been valid. */
export interface ChainTrust {
	/** DER of the certificates that are trusted as such; a signer that is one of them needs no issuer. */
	readonly anchors: readonly Uint8Array[];
	/** The instant at which every certificate of the path must be valid. */
	readonly at: Date;
}

/** Whether a path leads to an anchor, and if not, why not. */
export type ChainReport =
	| { readonly ok: true; readonly path: readonly X509Certificate[] }
	| { readonly ok: false; readonly reason: string };

/**
 * Looks for a path from a certificate to an anchor: names, key identifiers, CA flag, key usage and signatures by OpenSSL, validity
 * at an instant by us. Revocation is not looked at: it needs the network.
 */
export function chainToAnchor(leaf: Uint8Array, others: readonly Uint8Array[], trust: ChainTrust): ChainReport {
	try {
		const anchors = trust.anchors.map((der) => new X509Certificate(der));
		const candidates = [...anchors, ...others.map((der) => new X509Certificate(der))];
		return climb([new X509Certificate(leaf)], candidates, new Set(anchors.map((one) => one.fingerprint256)), trust.at);
	} catch {
		return { ok: false, reason: 'a certificate cannot be read' };
	}
}

function climb(
	path: readonly X509Certificate[],
	candidates: readonly X509Certificate[],
	anchors: ReadonlySet<string>,
	at: Date,
): ChainReport {
	const top = path.at(-1);
	if (!top || path.length > maxDepth) return { ok: false, reason: 'the chain is too long' };
	if (at < top.validFromDate || at > top.validToDate)
		return { ok: false, reason: `a certificate of the chain was not valid at ${at.toISOString()}` };
	if (anchors.has(top.fingerprint256)) return { ok: true, path };
	let outcome: ChainReport = { ok: false, reason: 'no path leads to a trusted certificate' };
	for (const issuer of candidates) {
		if (!issuer.ca || path.some((seen) => seen.fingerprint256 === issuer.fingerprint256) || !issued(issuer, top)) continue;
		outcome = climb([...path, issuer], candidates, anchors, at);
		if (outcome.ok) return outcome;
	}
	return outcome;
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
	return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

import { X509Certificate } from 'node:crypto';

/** Longest chain that is followed. */
const longestChain = 8;

/** A certificate, or undefined when the bytes are none. */
export function certificateFrom(der: Uint8Array): X509Certificate | undefined {
	try {
		return new X509Certificate(der);
	} catch {
		return undefined;
	}
}

/**
 * Whether a certificate chains up to a trusted one at an instant: every signature checks, every issuer below the anchor is a CA, all are within their
 * validity. Revocation is not looked at: that needs data from outside.
 */
export function chainsTo(
	certificate: X509Certificate,
	intermediates: readonly X509Certificate[],
	trust: readonly X509Certificate[],
	at: Date,
): boolean {
	let current = certificate;
	for (let step = 0; step < longestChain; step++) {
		if (!validAt(current, at)) return false;
		if (trust.some((anchor) => anchor.raw.equals(current.raw))) return true;
		if (trust.some((anchor) => validAt(anchor, at) && issued(anchor, current))) return true;
		const next = intermediates.find((other) => other.ca && !other.raw.equals(current.raw) && issued(other, current));
		if (!next) return false;
		current = next;
	}
	return false;
}

/** Whether an instant lies within the certificate's validity. */
export function validAt(certificate: X509Certificate, at: Date): boolean {
	return certificate.validFromDate.getTime() <= at.getTime() && at.getTime() <= certificate.validToDate.getTime();
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
	try {
		return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
	} catch {
		return false;
	}
}

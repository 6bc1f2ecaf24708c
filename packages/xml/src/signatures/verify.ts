import { createHash, type KeyObject, timingSafeEqual, verify, type X509Certificate } from 'node:crypto';
import { canonicalise } from '../canonical.ts';
import { parseXml, type XmlDocument } from '../document.ts';
import { XmlRefused } from '../refusal.ts';
import { readTree, type XmlElement } from '../tree.ts';
import { certificateFrom, chainsTo, validAt } from './certificates.ts';
import { digestAlgorithms, signatureAlgorithms } from './names.ts';
import { type Reference, Rejected, type SignatureParts, type SignatureProblem, takeApart } from './structure.ts';

export type { SignatureProblem, SignatureProblemCode } from './structure.ts';

/** Options of {@link verifyXmlSignature}. */
export interface VerifyOptions {
	/** Certificates (DER) that are trusted, of CAs or of the signer itself. Without it trust is not judged. */
	readonly trust?: readonly Uint8Array[];
}

/** A time-stamp found in a signature. Whether it is good is for the caller to find out: the token's imprint must be the hash of `input`. */
export interface VerifiedTimestamp {
	/** RFC 3161 TimeStampToken, DER. */
	readonly token: Uint8Array;
	/** What it is over. */
	readonly input: Uint8Array;
}

/** What the verifier found. */
export interface XmlSignatureReport {
	/** True when there is no problem: the document is whole, the signature is its signer's and, where trust was asked for, the signer is trusted. */
	readonly valid: boolean;
	readonly problems: readonly SignatureProblem[];
	readonly signatureId?: string;
	/** URI of the signature algorithm. */
	readonly algorithm?: string;
	/** When the signer says it was. */
	readonly signingTime?: Date;
	readonly signer?: {
		/** DER. */
		readonly certificate: Uint8Array;
		readonly subject: string;
		readonly issuer: string;
		/** Hexadecimal. */
		readonly serialNumber: string;
		readonly validFrom: Date;
		readonly validTo: Date;
	};
	/** The other certificates of the signature, DER. */
	readonly chain: readonly Uint8Array[];
	/** What is signed: the document without the signature, in canonical form. Use nothing else of a verified file. */
	readonly content?: Uint8Array;
	readonly timestamps: readonly VerifiedTimestamp[];
}

/**
 * Verifies an enveloped XAdES signature, strictly: one shape, allow-listed algorithms (ECDSA on the NIST curves, RSA PKCS#1 v1.5 from 2048 bits, SHA-2).
 * Revocation and time-stamp tokens are not looked into. Never throws, whatever the bytes.
 */
export function verifyXmlSignature(bytes: Uint8Array, options: VerifyOptions = {}): XmlSignatureReport {
	try {
		using document = parseXml(bytes);
		return judge(document, takeApart(readTree(document)), options);
	} catch (error) {
		return { valid: false, problems: [problemOf(error)], chain: [], timestamps: [] };
	}
}

function problemOf(error: unknown): SignatureProblem {
	if (error instanceof Rejected) return error.problem;
	if (error instanceof XmlRefused) return { code: 'not_xml', message: error.message };
	return { code: 'structure', message: 'The signature could not be read.' };
}

function judge(document: XmlDocument, parts: SignatureParts, { trust }: VerifyOptions): XmlSignatureReport {
	const problems: SignatureProblem[] = [];
	const attempt = (check: () => void) => {
		try {
			check();
		} catch (error) {
			problems.push(problemOf(error));
		}
	};
	const canonical = (element: XmlElement) => canonicalise(document.element(element.ordinal));
	const content = canonicalise(document, { without: document.element(parts.signature.ordinal) });
	attempt(() => checkDigest(parts.document, content, 'digest', 'The document is not what was signed.'));
	attempt(() =>
		checkDigest(parts.propertiesReference, canonical(parts.properties), 'digest', 'The signed properties are not what was signed.'),
	);
	const certificates = read(parts.certificates);
	const signer = certificates.find((certificate) => digestMatches(parts.certificateDigest, certificate.raw));
	if (signer) {
		attempt(() => checkValue(parts, canonical(parts.signedInfo), signer.publicKey));
		if (!validAt(signer, parts.signingTime)) {
			problems.push({ code: 'certificate_time', message: 'The certificate was not valid when it signed.' });
		}
		if (trust && !chainsTo(signer, certificates, read(trust), parts.signingTime)) {
			problems.push({ code: 'untrusted', message: 'The certificate does not chain up to a trusted one.' });
		}
	} else {
		problems.push({ code: 'certificate', message: 'The certificate that SigningCertificateV2 names is not in KeyInfo.' });
	}
	const input = canonical(parts.signatureValue);
	return {
		valid: problems.length === 0,
		problems,
		signatureId: parts.signatureId,
		algorithm: parts.signatureMethod,
		signingTime: parts.signingTime,
		...(signer ? { signer: signerOf(signer) } : {}),
		chain: certificates.filter((certificate) => certificate !== signer).map((certificate) => certificate.raw),
		content,
		timestamps: parts.timestampTokens.map((token) => ({ token, input })),
	};
}

function read(certificates: readonly Uint8Array[]): readonly X509Certificate[] {
	return certificates.map(certificateFrom).filter((certificate) => certificate !== undefined);
}

function signerOf(certificate: X509Certificate): NonNullable<XmlSignatureReport['signer']> {
	return {
		certificate: certificate.raw,
		subject: certificate.subject,
		issuer: certificate.issuer,
		serialNumber: certificate.serialNumber,
		validFrom: certificate.validFromDate,
		validTo: certificate.validToDate,
	};
}

function checkDigest(reference: Reference, data: Uint8Array, code: 'digest', message: string): void {
	if (!digestMatches(reference, data)) throw new Rejected(code, message);
}

function digestMatches(reference: Reference, data: Uint8Array): boolean {
	const hash = Object.hasOwn(digestAlgorithms, reference.digestMethod) ? digestAlgorithms[reference.digestMethod] : undefined;
	if (!hash) throw new Rejected('algorithm', 'A digest algorithm is not taken.');
	const digest = createHash(hash).update(data).digest();
	return digest.length === reference.digestValue.length && timingSafeEqual(digest, reference.digestValue);
}

const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

function checkValue(parts: SignatureParts, signedInfo: Uint8Array, key: KeyObject): void {
	const algorithm = Object.hasOwn(signatureAlgorithms, parts.signatureMethod) ? signatureAlgorithms[parts.signatureMethod] : undefined;
	const details = key.asymmetricKeyDetails;
	const strong = key.asymmetricKeyType === 'ec' ? curves.has(details?.namedCurve ?? '') : (details?.modulusLength ?? 0) >= 2048;
	if (!algorithm || key.asymmetricKeyType !== algorithm.key || !strong)
		throw new Rejected('algorithm', 'The signature algorithm or the key is not taken.');
	if (!verify(algorithm.hash, signedInfo, { key, dsaEncoding: 'ieee-p1363' }, parts.value)) {
		throw new Rejected('signature_value', 'The signature value is not right.');
	}
}

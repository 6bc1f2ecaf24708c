import { createHash, type KeyObject, randomFillSync, sign } from 'node:crypto';
import {
	childrenOf,
	derNull,
	generalizedTime,
	nodeAt,
	objectIdentifier,
	octetString,
	sequence,
	setOf,
	tlv,
	unsignedInteger,
} from '../der.ts';
import { fail } from '../errors.ts';
import type { KeyedCertificate } from '../keyed-certificate.ts';
import { sha256Oid } from './digests.ts';

/** How a {@link TokenMinter} is made. */
export interface TokenMinterOptions {
	/** Key and certificate of the authority; its chain goes into the tokens too. */
	readonly authority: KeyedCertificate;
	/** The time that tokens carry. */
	readonly now: () => Date;
	/** Accuracy in whole seconds. Default 1. */
	readonly accuracySeconds?: number;
}

/** Mints one token. @param nonce repeated in the token @returns DER of the TimeStampToken (RFC 3161 section 2.4.2) */
export type TokenMinter = (sha256: Uint8Array, options?: { readonly nonce?: Uint8Array; readonly certificates?: boolean }) => Uint8Array;

/** Policy of test tokens: an arc made of a UUID (ITU-T X.667), so nobody else's. */
const testPolicy = '2.25.201764412870443987170653920342019402837';
const oid = {
	signedData: objectIdentifier('1.2.840.113549.1.7.2'),
	tstInfo: objectIdentifier('1.2.840.113549.1.9.16.1.4'),
	contentType: objectIdentifier('1.2.840.113549.1.9.3'),
	messageDigest: objectIdentifier('1.2.840.113549.1.9.4'),
	signingCertificateV2: objectIdentifier('1.2.840.113549.1.9.16.2.47'),
	ecdsaWithSha256: objectIdentifier('1.2.840.10045.4.3.2'),
	sha256WithRsa: objectIdentifier('1.2.840.113549.1.1.11'),
};
const sha256Algorithm = sequence(objectIdentifier(sha256Oid));
const version = (number: number): Buffer => unsignedInteger(Uint8Array.of(number));

/**
 * Makes a minter: everything that is the same in all tokens is encoded once, so that a token costs little more than its signature.
 * Serial numbers are 126 random bits: unique over restarts without a counter to keep.
 * @throws DomainError TIMESTAMP_KEY_UNSUPPORTED
 */
export function createTokenMinter(options: TokenMinterOptions): TokenMinter {
	const { authority } = options;
	const digestAlgorithms = tlv(0x31, sha256Algorithm);
	const certificates = tlv(0xa0, authority.certificate, ...authority.chain);
	const signer = Buffer.concat([version(1), issuerAndSerial(authority.certificate), sha256Algorithm]);
	const algorithm = signatureAlgorithm(authority.privateKey);
	const fixedAttributes = [
		attribute(oid.contentType, oid.tstInfo),
		attribute(oid.signingCertificateV2, signingCertificate(authority.certificate)),
	];
	const policy = objectIdentifier(testPolicy);
	const imprintAlgorithm = sequence(objectIdentifier(sha256Oid), derNull);
	const accuracy = sequence(version(options.accuracySeconds ?? 1));

	return (digest, { nonce, certificates: withCertificates = true } = {}) => {
		const info = sequence(
			version(1),
			policy,
			sequence(imprintAlgorithm, octetString(digest)),
			unsignedInteger(randomSerial()),
			generalizedTime(options.now()),
			accuracy,
			...(nonce ? [unsignedInteger(nonce)] : []),
		);
		const attributes = setOf(...fixedAttributes, attribute(oid.messageDigest, octetString(sha256(info))));
		const signature = sign('sha256', attributes, authority.privateKey);
		// The attributes are signed as a SET and sent under an implicit tag (RFC 5652 section 5.4).
		const sent = Buffer.from(attributes);
		sent[0] = 0xa0;
		const content = sequence(
			version(3),
			digestAlgorithms,
			sequence(oid.tstInfo, tlv(0xa0, octetString(info))),
			...(withCertificates ? [certificates] : []),
			tlv(0x31, sequence(signer, sent, algorithm, octetString(signature))),
		);
		return sequence(oid.signedData, tlv(0xa0, content));
	};
}

const attribute = (type: Uint8Array, value: Uint8Array): Buffer => sequence(type, tlv(0x31, value));
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** SigningCertificateV2 with one ESSCertIDv2, whose digest algorithm SHA-256 is the default and left out (RFC 5035). */
const signingCertificate = (certificate: Uint8Array): Buffer => sequence(sequence(sequence(octetString(sha256(certificate)))));

function signatureAlgorithm(key: KeyObject): Buffer {
	if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return sequence(oid.ecdsaWithSha256);
	if (key.asymmetricKeyType === 'rsa') return sequence(oid.sha256WithRsa, derNull);
	throw fail('TIMESTAMP_KEY_UNSUPPORTED', { type: key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? 'unknown' });
}

/** IssuerAndSerialNumber, both as they stand in the certificate: TBSCertificate is [0] version, serial, algorithm, issuer. */
function issuerAndSerial(certificate: Uint8Array): Buffer {
	const [tbs] = childrenOf(certificate, nodeAt(certificate, 0));
	const [, serial, , issuer] = tbs ? childrenOf(certificate, tbs) : [];
	if (!serial || !issuer) throw new RangeError('not an X.509 version 3 certificate');
	return sequence(certificate.subarray(issuer.start, issuer.end), certificate.subarray(serial.start, serial.end));
}

const pool = new Uint8Array(16 * 256);
let used = pool.length;

function randomSerial(): Uint8Array {
	if (used === pool.length) {
		randomFillSync(pool);
		used = 0;
	}
	const serial = pool.slice(used, used + 16);
	used += 16;
	serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
	return serial;
}

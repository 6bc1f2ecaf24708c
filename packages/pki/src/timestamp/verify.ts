import { createHash } from 'node:crypto';
import type * as Asn1 from 'asn1js';
import type * as Pkijs from 'pkijs';
import { chainToAnchor } from '../chain.ts';
import { digestNames } from './digests.ts';
import { unsigned } from './request.ts';
import { signatureHolds } from './signature.ts';

/** What a token must say. */
export interface TimeStampExpectation {
	/** The data that was stamped, or its digest: exactly one of them. */
	readonly data?: Uint8Array;
	/** Digest under the token's own algorithm. */
	readonly digest?: Uint8Array;
	/** The request's nonce; the token must repeat it. */
	readonly nonce?: Uint8Array;
	/** Trusted certificates, DER; without them the chain is not looked at and `trusted` is false. */
	readonly anchors?: readonly Uint8Array[];
	/** Certificates that may help to build the chain when the token carries none, DER. */
	readonly certificates?: readonly Uint8Array[];
}

/** What was found. */
export interface TimeStampReport {
	/** Well formed, about this data, signed by a certificate for time-stamping; and trusted, where anchors were given. */
	readonly ok: boolean;
	/** Whether a chain to an anchor was found, valid at the token's time. */
	readonly trusted: boolean;
	/** Why it is not ok; empty when it is. */
	readonly reasons: readonly string[];
	/** The time that it proves. */
	readonly time?: Date;
	/** Hexadecimal. */
	readonly serialNumber?: string;
	/** DER of the authority's certificate. */
	readonly certificate?: Uint8Array;
}

const oid = {
	signedData: '1.2.840.113549.1.7.2',
	tstInfo: '1.2.840.113549.1.9.16.1.4',
	contentType: '1.2.840.113549.1.9.3',
	messageDigest: '1.2.840.113549.1.9.4',
	signingCertificate: '1.2.840.113549.1.9.16.2.12',
	signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
	extendedKeyUsage: '2.5.29.37',
	timeStamping: '1.3.6.1.5.5.7.3.8',
};

/** Checks an RFC 3161 token. Never throws, whatever the bytes are. */
export async function verifyTimeStampToken(token: Uint8Array, expected: TimeStampExpectation): Promise<TimeStampReport> {
	try {
		return check(await import('pkijs'), token, expected);
	} catch {
		return { ok: false, trusted: false, reasons: ['the time-stamp token cannot be read'] };
	}
}

function check(pkijs: typeof Pkijs, token: Uint8Array, expected: TimeStampExpectation): TimeStampReport {
	const reasons: string[] = [];
	const demand = (holds: boolean, reason: string): void => {
		if (!holds) reasons.push(reason);
	};
	const content = pkijs.ContentInfo.fromBER(Uint8Array.from(token).buffer);
	if (content.contentType !== oid.signedData) throw new Error('not SignedData');
	const signed = new pkijs.SignedData({ schema: content.content });
	const octets = signed.encapContentInfo.eContent?.getValue();
	const [signer, ...otherSigners] = signed.signerInfos;
	if (!octets || !signer || signed.encapContentInfo.eContentType !== oid.tstInfo) throw new Error('no TSTInfo');
	demand(otherSigners.length === 0, 'the token has more than one signer');
	const info = pkijs.TSTInfo.fromBER(octets);

	demand(info.version === 1, 'the token is not of version 1');
	const imprintName = digestNames[info.messageImprint.hashAlgorithm.algorithmId];
	demand(imprintName !== undefined, 'the digest algorithm of the token is not allowed');
	if (imprintName) {
		const imprint = Buffer.from(info.messageImprint.hashedMessage.getValue());
		const due =
			expected.digest ??
			createHash(imprintName)
				.update(expected.data ?? new Uint8Array())
				.digest();
		demand(imprint.equals(due), 'the token is about other data');
	}
	if (expected.nonce) {
		const nonce = info.nonce && unsigned(info.nonce.valueBlock.valueHexView);
		demand(nonce !== undefined && Buffer.from(nonce).equals(unsigned(expected.nonce)), 'the token repeats another nonce');
	}

	const carried = (signed.certificates ?? []).flatMap((one) => (one instanceof pkijs.Certificate ? [one] : []));
	const known = [
		...carried,
		...[...(expected.certificates ?? []), ...(expected.anchors ?? [])].map((der) => pkijs.Certificate.fromBER(bufferOf(der))),
	];
	const authority = known.find((one) => isNamed(pkijs, signer, one));
	if (!authority) return { ok: false, trusted: false, reasons: [...reasons, 'the certificate of the time-stamping authority is missing'] };
	const certificate = new Uint8Array(authority.toSchema().toBER());
	demand(isForTimeStamping(pkijs, authority), 'the certificate is not for time-stamping only');
	demand(attributesHold(signer, octets, certificate), 'the signed attributes do not fit the token');
	demand(signatureHolds(signer, certificate), 'the signature of the token is wrong');

	const others = known.map((one) => new Uint8Array(one.toSchema().toBER()));
	const chain = expected.anchors ? chainToAnchor(certificate, others, { anchors: expected.anchors, at: info.genTime }) : undefined;
	if (chain && !chain.ok) reasons.push(`time-stamping authority: ${chain.reason}`);
	return {
		ok: reasons.length === 0,
		trusted: reasons.length === 0 && chain?.ok === true,
		reasons,
		time: info.genTime,
		serialNumber: Buffer.from(unsigned(info.serialNumber.valueBlock.valueHexView)).toString('hex'),
		certificate,
	};
}

function isNamed(pkijs: typeof Pkijs, signer: Pkijs.SignerInfo, certificate: Pkijs.Certificate): boolean {
	const { sid } = signer;
	if (sid instanceof pkijs.IssuerAndSerialNumber)
		return certificate.issuer.isEqual(sid.issuer) && certificate.serialNumber.isEqual(sid.serialNumber);
	const identifier = certificate.extensions?.find((one) => one.extnID === '2.5.29.14')?.parsedValue as Asn1.OctetString | undefined;
	return identifier !== undefined && Buffer.from(identifier.getValue()).equals(Buffer.from(sid?.valueBlock?.valueHexView ?? []));
}

/** RFC 3161 section 2.3: exactly the time-stamping usage, and critical. */
function isForTimeStamping(pkijs: typeof Pkijs, certificate: Pkijs.Certificate): boolean {
	const extension = certificate.extensions?.find((one) => one.extnID === oid.extendedKeyUsage);
	const usages = extension?.parsedValue;
	return extension?.critical === true && usages instanceof pkijs.ExtKeyUsage && usages.keyPurposes.join() === oid.timeStamping;
}

/** Content type, message digest and the signing certificate's digest (RFC 5652 section 11, RFC 5035, RFC 3161 section 2.4.2). */
function attributesHold(signer: Pkijs.SignerInfo, content: ArrayBuffer, certificate: Uint8Array): boolean {
	const attributes = signer.signedAttrs?.attributes ?? [];
	const single = (type: string): Asn1.AsnType | undefined => {
		const found = attributes.filter((one) => one.type === type);
		return found.length === 1 && found[0]?.values.length === 1 ? found[0].values[0] : undefined;
	};
	const algorithm = digestNames[signer.digestAlgorithm.algorithmId];
	const contentType = single(oid.contentType) as Asn1.ObjectIdentifier | undefined;
	const digest = single(oid.messageDigest) as Asn1.OctetString | undefined;
	if (!algorithm || contentType?.valueBlock.toString() !== oid.tstInfo || !digest) return false;
	if (!createHash(algorithm).update(Buffer.from(content)).digest().equals(Buffer.from(digest.getValue()))) return false;
	// RFC 2634's first form is SHA-1 only: many authorities still send it, and the token's own signature covers the attribute.
	const second = single(oid.signingCertificateV2);
	const named = second ? firstCertificateId(second, 'sha256') : firstCertificateId(single(oid.signingCertificate), 'sha1');
	return named !== undefined && createHash(named.algorithm).update(certificate).digest().equals(named.digest);
}

/** SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF SEQUENCE { [hashAlgorithm SEQUENCE,] certHash OCTET STRING, ... } ... } */
function firstCertificateId(
	attribute: Asn1.AsnType | undefined,
	defaultAlgorithm: string,
): { algorithm: string; digest: Buffer } | undefined {
	const [id] = partsOf(partsOf(attribute)[0]);
	const [first, second] = partsOf(id);
	const algorithm = partsOf(first)[0]?.valueBlock.toString();
	const digest = algorithm === undefined ? first : second;
	const name = algorithm === undefined ? defaultAlgorithm : digestNames[algorithm];
	return name && digest ? { algorithm: name, digest: Buffer.from((digest as Asn1.OctetString).getValue()) } : undefined;
}

function partsOf(node: Asn1.AsnType | undefined): Asn1.AsnType[] {
	const sequenceTag = 16;
	return node?.idBlock.tagNumber === sequenceTag ? (node as Asn1.Sequence).valueBlock.value : [];
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

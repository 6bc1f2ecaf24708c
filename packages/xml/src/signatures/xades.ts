import { createHash } from 'node:crypto';
import { canonicalise } from '../canonical.ts';
import { parseXml } from '../document.ts';
import { escapeAttribute } from '../write.ts';
import { dsNamespace, envelopedTransform, exclusiveC14n, sha256Uri, signedPropertiesType, xadesNamespace } from './names.ts';

/** What a signer can do: ECDSA on P-256, or RSA PKCS#1 v1.5, both with SHA-256. */
export type XadesAlgorithm = 'ecdsa-p256-sha256' | 'rsa-pkcs1-sha256';

/** Who signs. The key stays with it: a file, a token, a worker. */
export interface XadesSigner {
	/** The signer's certificate, DER. */
	readonly certificate: Uint8Array;
	/** Further certificates towards the root, DER; may be empty. */
	readonly chain: readonly Uint8Array[];
	readonly algorithm: XadesAlgorithm;
	/** Signs `data` (hashing it with SHA-256). ECDSA gives r and s side by side, 64 bytes (IEEE P1363), as XML signatures want it. */
	sign(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Options of {@link prepareXades}. */
export interface PrepareXadesOptions {
	/** Whose certificate and algorithm; nothing is signed yet. */
	readonly signer: Pick<XadesSigner, 'certificate' | 'chain' | 'algorithm'>;
	readonly signingTime: Date;
	/** Id of the signature and root of the other Ids in it: an XML name without colon that the document has nowhere as an attribute. */
	readonly signatureId: string;
	readonly mimeType: 'text/xml';
	/** Where in the root element the signature is put. */
	readonly position: 'first-child';
}

/** A document with all but its signature value. Plain data: it may cross to another thread. */
export interface PreparedXades {
	/** The bytes that the signer signs. */
	readonly signedInfo: Uint8Array;
	readonly signatureId: string;
	/** The document up to where the signature value goes, and from there on. */
	readonly before: string;
	readonly between: string;
	readonly after: string;
}

const signatureMethods: Readonly<Record<XadesAlgorithm, string>> = {
	'ecdsa-p256-sha256': 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
	'rsa-pkcs1-sha256': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
};
const ds = ` xmlns:ds="${dsNamespace}"`;
const xades = ` xmlns:xades="${xadesNamespace}"`;

/**
 * Makes all of an enveloped XAdES baseline signature but its value: the digest of the document, the signed properties, SignedInfo.
 *
 * The document is written in exclusive canonical form, so comments are lost, and every signed part of the signature is assembled in the form that
 * canonicalisation of that part gives (two tags for empty elements, attributes in order). So nothing has to be canonicalised again; the tests hold
 * each part against libxml2's own canonical form. Alone, a part declares the namespaces it uses; in the document it has them from the signature around it
 * and does not repeat them, for a declaration that nothing needs could be changed without harm to the signature.
 *
 * @param xml the document, without a signature
 * @throws XmlRefused when it is no well-formed document; RangeError when the Id is unfit or taken, or the document has a signature
 */
export function prepareXades(xml: Uint8Array, options: PrepareXadesOptions): PreparedXades {
	const { signer, signatureId: id } = options;
	if (!/^[A-Za-z_][\w.-]*$/.test(id)) throw new RangeError('the signature id is not an XML name');
	const canonical = canonicalOf(xml);
	if (canonical.includes(`="${id}`)) throw new RangeError('the signature id is taken in the document');
	if (canonical.includes(`"${dsNamespace}"`) && /<(?:[^\s<>]+:)?Signature[ >]/.test(canonical))
		throw new RangeError('the document has a signature');

	const properties = signedProperties(options);
	const signedInfo =
		`<ds:SignedInfo${ds}><ds:CanonicalizationMethod Algorithm="${exclusiveC14n}"></ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="${signatureMethods[signer.algorithm]}"></ds:SignatureMethod>` +
		`<ds:Reference Id="${id}-document" URI=""><ds:Transforms><ds:Transform Algorithm="${envelopedTransform}"></ds:Transform>` +
		`<ds:Transform Algorithm="${exclusiveC14n}"></ds:Transform></ds:Transforms>${digest(canonical)}</ds:Reference>` +
		`<ds:Reference Type="${signedPropertiesType}" URI="#${id}-properties"><ds:Transforms><ds:Transform Algorithm="${exclusiveC14n}"></ds:Transform>` +
		`</ds:Transforms>${digest(properties)}</ds:Reference></ds:SignedInfo>`;
	const certificates = [signer.certificate, ...signer.chain]
		.map((der) => `<ds:X509Certificate>${base64(der)}</ds:X509Certificate>`)
		.join('');

	const inside = endOfRootTag(canonical);
	return {
		signedInfo: Buffer.from(signedInfo, 'utf8'),
		signatureId: id,
		before: `<?xml version="1.0" encoding="UTF-8"?>\n${canonical.slice(0, inside)}<ds:Signature${ds} Id="${id}">${inSignature(signedInfo)}`,
		between:
			`<ds:KeyInfo><ds:X509Data>${certificates}</ds:X509Data></ds:KeyInfo>` +
			`<ds:Object><xades:QualifyingProperties${xades} Target="#${id}">${inSignature(properties)}`,
		after: `</xades:QualifyingProperties></ds:Object></ds:Signature>${canonical.slice(inside)}`,
	};
}

/** What a time-stamp of the signature is over: hash this and have the hash stamped (EN 319 132-1, 5.3). */
export function timestampInput(prepared: PreparedXades, signatureValue: Uint8Array): Uint8Array {
	return Buffer.from(signatureValueElement(prepared, signatureValue), 'utf8');
}

/**
 * The signed document: baseline B-B, or B-T when there is a time-stamp.
 * @param signatureValue what the signer made of `prepared.signedInfo`
 * @param timestampToken the RFC 3161 TimeStampToken, DER, over {@link timestampInput}
 */
export function completeXades(prepared: PreparedXades, signatureValue: Uint8Array, timestampToken?: Uint8Array): Uint8Array {
	const timestamp = timestampToken
		? '<xades:UnsignedProperties><xades:UnsignedSignatureProperties>' +
			`<xades:SignatureTimeStamp Id="${prepared.signatureId}-timestamp"><ds:CanonicalizationMethod Algorithm="${exclusiveC14n}"></ds:CanonicalizationMethod>` +
			`<xades:EncapsulatedTimeStamp>${base64(timestampToken)}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>` +
			'</xades:UnsignedSignatureProperties></xades:UnsignedProperties>'
		: '';
	return Buffer.from(
		prepared.before + signatureValueElement(prepared, signatureValue) + prepared.between + timestamp + prepared.after,
		'utf8',
	);
}

function canonicalOf(xml: Uint8Array): string {
	using document = parseXml(xml);
	return Buffer.from(canonicalise(document)).toString('utf8');
}

function signedProperties({ signer, signingTime, signatureId: id, mimeType }: PrepareXadesOptions): string {
	return (
		`<xades:SignedProperties${xades} Id="${id}-properties"><xades:SignedSignatureProperties>` +
		// No fraction of a second: validators compare it with certificates, which have none.
		`<xades:SigningTime>${signingTime.toISOString().slice(0, 19)}Z</xades:SigningTime>` +
		`<xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod${ds} Algorithm="${sha256Uri}"></ds:DigestMethod>` +
		`<ds:DigestValue${ds}>${certificateDigest(signer.certificate)}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>` +
		`</xades:SignedSignatureProperties><xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#${id}-document">` +
		`<xades:MimeType>${escapeAttribute(mimeType)}</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties></xades:SignedProperties>`
	);
}

function signatureValueElement(prepared: PreparedXades, value: Uint8Array): string {
	return `<ds:SignatureValue${ds} Id="${prepared.signatureId}-value">${base64(value)}</ds:SignatureValue>`;
}

/** A part as it stands inside the signature, which declares both prefixes. */
function inSignature(part: string): string {
	return part.replaceAll(ds, '').replaceAll(xades, '');
}

function digest(canonical: string): string {
	return `<ds:DigestMethod Algorithm="${sha256Uri}"></ds:DigestMethod><ds:DigestValue>${sha256(canonical)}</ds:DigestValue>`;
}

/** Just after the root's start tag. In canonical form instructions may come before it, and `>` may stand in attribute values. */
function endOfRootTag(canonical: string): number {
	const match = /^(?:<\?[\s\S]*?\?>\n)*<[^\s<>?]+(?: [^\s="]+="[^"]*")*>/.exec(canonical);
	if (!match) throw new RangeError('the document has no root element');
	return match[0].length;
}

const digests = new WeakMap<Uint8Array, string>();

/** One signer signs thousands, so its digest is computed once. */
function certificateDigest(der: Uint8Array): string {
	let known = digests.get(der);
	if (known === undefined) {
		known = sha256(der);
		digests.set(der, known);
	}
	return known;
}

function sha256(data: string | Uint8Array): string {
	return createHash('sha256').update(data).digest('base64');
}

function base64(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

import { decodeBase64 } from '../base64.ts';
import { attributeOf, childOf, childrenOf, type XmlElement } from '../tree.ts';
import { dsNamespace, envelopedTransform, exclusiveC14n, signedPropertiesType, xadesNamespace } from './names.ts';

/** What went wrong, by name. */
export type SignatureProblemCode =
	| 'not_xml'
	| 'no_signature'
	| 'several_signatures'
	| 'structure'
	| 'algorithm'
	| 'reference'
	| 'duplicate_id'
	| 'digest'
	| 'signature_value'
	| 'certificate'
	| 'certificate_time'
	| 'untrusted';

/** One reason why a signature is not valid. The message holds nothing of the document. */
export interface SignatureProblem {
	readonly code: SignatureProblemCode;
	readonly message: string;
}

/** Thrown inside the verifier and turned into a problem at its edge. */
export class Rejected extends Error {
	readonly problem: SignatureProblem;

	constructor(code: SignatureProblemCode, message: string) {
		super(message);
		this.problem = { code, message };
	}
}

/** One ds:Reference. */
export interface Reference {
	readonly digestMethod: string;
	readonly digestValue: Uint8Array;
}

/** The parts of an enveloped XAdES signature, each an element of the tree that was read. */
export interface SignatureParts {
	readonly signature: XmlElement;
	readonly signatureId: string;
	readonly signedInfo: XmlElement;
	readonly signatureMethod: string;
	readonly signatureValue: XmlElement;
	readonly value: Uint8Array;
	readonly certificates: readonly Uint8Array[];
	readonly properties: XmlElement;
	readonly document: Reference;
	readonly propertiesReference: Reference;
	readonly signingTime: Date;
	readonly certificateDigest: Reference;
	readonly timestampTokens: readonly Uint8Array[];
}

/**
 * Takes a signed document apart, and accepts one shape only: a single ds:Signature in the whole document, child of the root; one reference to the document
 * around it (`URI=""`, enveloped and exclusive C14N) and one to the SignedProperties inside this very signature, whose Id nothing else has.
 * What other shapes a verifier tolerates is where signature wrapping comes from.
 * @throws Rejected
 */
export function takeApart(root: XmlElement): SignatureParts {
	const elements = [...all(root)];
	const signatures = elements.filter((element) => element.namespace === dsNamespace && element.name === 'Signature');
	if (signatures.length > 1) throw new Rejected('several_signatures', 'There is more than one signature.');
	const signature = signatures[0];
	if (!signature) throw new Rejected('no_signature', 'There is no signature.');
	if (!root.children.includes(signature)) throw new Rejected('structure', 'The signature is not a child of the root element.');
	const signatureId = attributeOf(signature, 'Id');
	if (!signatureId) throw new Rejected('structure', 'The signature has no Id.');

	const [signedInfo, signatureValue, keyInfo, object] = exactly(signature, ['SignedInfo', 'SignatureValue', 'KeyInfo', 'Object']);
	const [method, signatureMethod, first, second] = exactly(signedInfo, [
		'CanonicalizationMethod',
		'SignatureMethod',
		'Reference',
		'Reference',
	]);
	if (algorithmOf(method) !== exclusiveC14n) throw new Rejected('algorithm', 'SignedInfo is not canonicalised by exclusive C14N.');

	const qualifying = one(object, 'QualifyingProperties');
	if (attributeOf(qualifying, 'Target') !== `#${signatureId}`)
		throw new Rejected('reference', 'QualifyingProperties does not target its signature.');
	const properties = one(qualifying, 'SignedProperties');
	const propertiesId = attributeOf(properties, 'Id');
	if (!propertiesId) throw new Rejected('structure', 'SignedProperties has no Id.');
	for (const id of [signatureId, propertiesId]) {
		if (elements.filter((element) => hasId(element, id)).length !== 1)
			throw new Rejected('duplicate_id', 'An Id of the signature occurs twice.');
	}

	const toDocument = [first, second].find((reference) => attributeOf(reference, 'URI') === '');
	const toProperties = [first, second].find((reference) => attributeOf(reference, 'URI') === `#${propertiesId}`);
	if (!toDocument) throw new Rejected('reference', 'No reference covers the whole document.');
	if (!toProperties || attributeOf(toProperties, 'Type') !== signedPropertiesType) {
		throw new Rejected('reference', 'No reference covers the SignedProperties.');
	}
	const signed = one(properties, 'SignedSignatureProperties');
	checkFormat(properties, attributeOf(toDocument, 'Id'));
	const cert = childOf(one(signed, 'SigningCertificateV2'), 'Cert');
	if (!cert) throw new Rejected('structure', 'SigningCertificateV2 names no certificate.');
	return {
		signature,
		signatureId,
		signedInfo,
		signatureMethod: algorithmOf(signatureMethod),
		signatureValue,
		value: bytesOf(signatureValue),
		certificates: childrenOf(one(keyInfo, 'X509Data'), 'X509Certificate').map(bytesOf),
		properties,
		document: reference(toDocument, [envelopedTransform, exclusiveC14n]),
		propertiesReference: reference(toProperties, [exclusiveC14n]),
		signingTime: timeOf(one(signed, 'SigningTime')),
		certificateDigest: digestOf(one(cert, 'CertDigest')),
		timestampTokens: timestamps(qualifying),
	};
}

function* all(element: XmlElement): Generator<XmlElement> {
	yield element;
	for (const child of element.children) yield* all(child);
}

function hasId(element: XmlElement, id: string): boolean {
	return element.attributes.some((attribute) => attribute.name.toLowerCase() === 'id' && attribute.value === id);
}

/** All children, which must be just these XMLDSig elements in this order. */
function exactly<const N extends readonly string[]>(parent: XmlElement, names: N): { [K in keyof N]: XmlElement } {
	const fits =
		parent.children.length === names.length &&
		parent.children.every((child, index) => child.namespace === dsNamespace && child.name === names[index]) &&
		parent.text.trim() === '';
	if (!fits) throw new Rejected('structure', `The content of ${parent.name} is not ${names.join(', ')}.`);
	return parent.children as { [K in keyof N]: XmlElement };
}

/** The only child of that name, in XMLDSig or XAdES, whichever the parent's child is in. */
function one(parent: XmlElement, name: string): XmlElement {
	const found = parent.children.filter(
		(child) => child.name === name && (child.namespace === dsNamespace || child.namespace === xadesNamespace),
	);
	const only = found[0];
	if (!only || found.length > 1) throw new Rejected('structure', `${parent.name} does not have exactly one ${name}.`);
	return only;
}

function algorithmOf(element: XmlElement): string {
	if (element.children.length > 0) throw new Rejected('algorithm', `Parameters of ${element.name} are not taken.`);
	return attributeOf(element, 'Algorithm') ?? '';
}

function reference(element: XmlElement, transforms: readonly string[]): Reference {
	const [list] = exactly(element, ['Transforms', 'DigestMethod', 'DigestValue']);
	const given = list.children.map((transform) =>
		transform.namespace === dsNamespace && transform.name === 'Transform' ? algorithmOf(transform) : '',
	);
	if (given.length !== transforms.length || given.some((algorithm, index) => algorithm !== transforms[index])) {
		throw new Rejected('algorithm', 'A reference has other transforms than are taken.');
	}
	return digestOf(element);
}

function digestOf(element: XmlElement): Reference {
	return { digestMethod: algorithmOf(one(element, 'DigestMethod')), digestValue: bytesOf(one(element, 'DigestValue')) };
}

function bytesOf(element: XmlElement): Uint8Array {
	const bytes = element.children.length === 0 ? decodeBase64(element.text) : undefined;
	if (!bytes) throw new Rejected('structure', `${element.name} is not base64.`);
	return bytes;
}

function timeOf(element: XmlElement): Date {
	const text = element.text.trim();
	const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) ? new Date(text) : new Date(Number.NaN);
	if (Number.isNaN(time.getTime())) throw new Rejected('structure', 'SigningTime is no time with a zone.');
	return time;
}

/** EN 319 132-1 clause 5.2.4: each signed document has its format named. */
function checkFormat(properties: XmlElement, referenceId: string | undefined): void {
	const format = one(one(properties, 'SignedDataObjectProperties'), 'DataObjectFormat');
	if (referenceId === undefined || attributeOf(format, 'ObjectReference') !== `#${referenceId}`) {
		throw new Rejected('reference', 'DataObjectFormat does not name the reference to the document.');
	}
}

function timestamps(qualifying: XmlElement): readonly Uint8Array[] {
	const unsigned = childOf(qualifying, 'UnsignedProperties');
	const properties = unsigned && childOf(unsigned, 'UnsignedSignatureProperties');
	return (properties ? childrenOf(properties, 'SignatureTimeStamp') : []).map((timestamp) => {
		if (algorithmOf(one(timestamp, 'CanonicalizationMethod')) !== exclusiveC14n) {
			throw new Rejected('algorithm', 'A time-stamp is not over the exclusive canonical form.');
		}
		return bytesOf(one(timestamp, 'EncapsulatedTimeStamp'));
	});
}

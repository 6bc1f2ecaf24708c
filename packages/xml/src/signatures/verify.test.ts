import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalise } from '../canonical.ts';
import { parseXml } from '../document.ts';
import { readTree, type XmlElement } from '../tree.ts';
import { createTestSigner, type TestSigner } from './fixtures.ts';
import { dsNamespace, xadesNamespace } from './names.ts';
import { type VerifyOptions, verifyXmlSignature } from './verify.ts';
import { completeXades, type PreparedXades, type PrepareXadesOptions, prepareXades } from './xades.ts';

const xml = '<e:Evidencia xmlns:e="urn:e" Id="e-1" k="&gt;1"><e:Titol>Àlex &amp; co</e:Titol><e:Estat>ACCEPTADA</e:Estat></e:Evidencia>';
let own: TestSigner;
let other: TestSigner;
let prepared: PreparedXades;
let value: Uint8Array;
let text: string;
const options = (more: Partial<PrepareXadesOptions> = {}): PrepareXadesOptions => ({
	signer: own.signer,
	signingTime: new Date('2026-06-01T10:00:00Z'),
	signatureId: 'sig',
	mimeType: 'text/xml',
	position: 'first-child',
	...more,
});
beforeAll(async () => {
	[own, other] = await Promise.all([createTestSigner('ecdsa-p256-sha256'), createTestSigner('ecdsa-p256-sha256')]);
	prepared = prepareXades(Buffer.from(xml), options());
	value = await own.signer.sign(prepared.signedInfo);
	text = Buffer.from(completeXades(prepared, value, Buffer.from('token'))).toString();
});

const verify = (document: string | Uint8Array, more?: VerifyOptions) =>
	verifyXmlSignature(typeof document === 'string' ? Buffer.from(document) : document, more);
const codes = (document: string, more?: VerifyOptions) => verify(document, more).problems.map((problem) => problem.code);

/** Signs again whatever SignedInfo says now, so that only what is wrong about it is found. */
async function resigned(
	change: (signedInfo: string) => string,
	elsewhere: (document: string) => string = (document) => document,
): Promise<string> {
	const before = Buffer.from(prepared.signedInfo).toString();
	const signedInfo = change(before);
	const inside = (info: string) => info.replace(` xmlns:ds="${dsNamespace}"`, '');
	const again = { ...prepared, before: prepared.before.replace(inside(before), () => inside(signedInfo)) };
	return elsewhere(Buffer.from(completeXades(again, await own.signer.sign(Buffer.from(signedInfo)))).toString());
}

describe('a good signature', () => {
	test('is valid, with trust or without asking for it', () => {
		expect(codes(text)).toEqual([]);
		expect(codes(text, { trust: [own.ca] })).toEqual([]);
		expect(codes(text, { trust: [other.ca, own.signer.certificate] })).toEqual([]);
	});
	test('is not trusted by others, and its chain is given', () => {
		expect(codes(text, { trust: [other.ca] })).toEqual(['untrusted']);
		expect(codes(text, { trust: [] })).toEqual(['untrusted']);
		expect(codes(text, { trust: [Buffer.from('rubbish')] })).toEqual(['untrusted']);
		expect(verify(text).chain.map((der) => Buffer.from(der))).toEqual([Buffer.from(own.ca)]);
	});
	test('made outside its certificate’s time is not', async () => {
		const late = prepareXades(Buffer.from(xml), options({ signingTime: new Date('2028-06-01T00:00:00Z') }));
		const document = Buffer.from(completeXades(late, await own.signer.sign(late.signedInfo))).toString();
		expect(codes(document)).toEqual(['certificate_time']);
		expect(codes(document, { trust: [own.ca] })).toEqual(['certificate_time', 'untrusted']);
	});
	test('survives what canonicalisation takes away', () => {
		expect(codes(text.replace('<e:Estat>', '<!-- c --><e:Estat  >'))).toEqual([]);
	});
});

test('one changed byte anywhere in what is signed is noticed', () => {
	const bytes = Buffer.from(text);
	const part = (from: string, to: string): [number, number] => [bytes.indexOf(from), bytes.indexOf(to) + to.length];
	const ranges = [
		[bytes.indexOf('<e:Evidencia'), bytes.indexOf('<ds:Signature ')],
		part('<ds:SignedInfo', '</ds:SignedInfo>'),
		// Of SignatureValue the text: its tags are signed by nothing, as XMLDSig has it.
		[bytes.indexOf('Id="sig-value">') + 'Id="sig-value">'.length, bytes.indexOf('</ds:SignatureValue>')],
		part('<xades:SignedProperties', '</xades:SignedProperties>'),
		[bytes.indexOf('</ds:Signature>') + '</ds:Signature>'.length, bytes.length],
	] as const;
	const places = ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index));
	let wellFormed = 0;
	fc.assert(
		fc.property(
			fc.constantFrom(...places),
			fc.oneof(fc.constantFrom(...Buffer.from('AZaz09=/" &<>+\t')), fc.nat({ max: 255 })),
			(at, byte) => {
				fc.pre(bytes[at] !== byte && !(bytes[at] === 0x20 && (byte === 0x09 || byte === 0x0a || byte === 0x0d)));
				const changed = Buffer.from(bytes);
				changed[at] = byte;
				const { valid, problems } = verify(changed);
				expect(valid, `${bytes.subarray(at - 20, at)}[]${bytes.subarray(at, at + 20)}`).toBe(false);
				if (problems[0]?.code !== 'not_xml') wellFormed++;
			},
		),
		{ numRuns: 3000 },
	);
	expect(wellFormed).toBeGreaterThan(300);
});

describe('signature wrapping and its like', () => {
	const signature = () => text.slice(text.indexOf('<ds:Signature '), text.indexOf('</ds:Signature>') + '</ds:Signature>'.length);
	const properties = () =>
		text.slice(text.indexOf('<xades:SignedProperties'), text.indexOf('</xades:SignedProperties>') + '</xades:SignedProperties>'.length);

	test.each<[string, (document: string) => string, string]>([
		['no signature', () => xml, 'no_signature'],
		['two signatures', (document) => document.replace('</e:Evidencia>', `${signature()}</e:Evidencia>`), 'several_signatures'],
		[
			'a signature inside the signature',
			(document) => document.replace('</ds:Object>', `<ds:Signature xmlns:ds="${dsNamespace}"/></ds:Object>`),
			'several_signatures',
		],
		['the whole wrapped in another root', (document) => `<evil>${document.slice(document.indexOf('<e:'))}</evil>`, 'structure'],
		['the signature below another element', (document) => document.replace(signature(), `<x>${signature()}</x>`), 'structure'],
		['content put in', (document) => document.replace('</e:Evidencia>', '<e:Estat>REBUTJADA</e:Estat></e:Evidencia>'), 'digest'],
		[
			'content put into the signature',
			(document) => document.replace('</ds:Object>', '</ds:Object><ds:Object><x/></ds:Object>'),
			'structure',
		],
		[
			'other properties beside the signed ones',
			(document) => document.replace(properties(), properties() + properties().replace('2026-06', '2025-06')),
			'structure',
		],
		[
			'the signed properties moved into the document',
			(document) =>
				document
					.replace(properties(), properties().replace('2026-06', '2025-06').replace('sig-properties', 'x'))
					.replace('</e:Evidencia>', `<x xmlns:ds="${dsNamespace}" xmlns:xades="${xadesNamespace}">${properties()}</x></e:Evidencia>`),
			'reference',
		],
		['an id twice', (document) => document.replace('</e:Evidencia>', '<x id="sig-properties"/></e:Evidencia>'), 'duplicate_id'],
		['an id of another case twice', (document) => document.replace('</e:Evidencia>', '<x xml:id="sig"/></e:Evidencia>'), 'duplicate_id'],
		['another target', (document) => document.replace('Target="#sig"', 'Target="#other"'), 'reference'],
		['a doctype', (document) => document.replace('\n', '\n<!DOCTYPE x>'), 'not_xml'],
		[
			'another certificate',
			(document) =>
				document.replace(
					/<ds:X509Certificate>[^<]*/,
					() => `<ds:X509Certificate>${Buffer.from(other.signer.certificate).toString('base64')}`,
				),
			'certificate',
		],
		['no certificate', (document) => document.replace(/<ds:X509Certificate>[^<]*<\/ds:X509Certificate>/g, ''), 'certificate'],
		[
			'a key instead of a certificate',
			(document) => document.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '<ds:KeyInfo><ds:KeyValue/></ds:KeyInfo>'),
			'structure',
		],
		[
			'base64 with bits to spare',
			(document) =>
				document.replace(
					/([A-Za-z0-9+/])==<\/ds:SignatureValue>/,
					(_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}==</ds:SignatureValue>`,
				),
			'structure',
		],
		['a signature value in DER', (document) => document.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, '$1MAYCAQECAQE='), 'signature_value'],
	])('%s', (_, attack, code) => {
		const report = verify(attack(text));
		expect(report.valid).toBe(false);
		expect(report.problems.map((problem) => problem.code)).toContain(code);
	});

	test.each<[string, (signedInfo: string) => string, string]>([
		['an empty list of references', (info) => info.replace(/<ds:Reference.*<\/ds:Reference>/, ''), 'structure'],
		[
			'the document twice',
			(info) => info.replace(/<ds:Reference Type.*<\/ds:Reference>/, (match) => match.replace(/URI="[^"]*"/, 'URI=""')),
			'reference',
		],
		['a part of the document only', (info) => info.replace('URI=""', 'URI="#e-1"'), 'reference'],
		['properties of no type', (info) => info.replace(/ Type="[^"]*"/, ''), 'reference'],
		['another file', (info) => info.replace('URI=""', 'URI="file:///etc/passwd"'), 'reference'],
		[
			'an XSLT transform',
			(info) =>
				info.replace(
					/<ds:Transform Algorithm="[^"]*enveloped-signature">/,
					'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">',
				),
			'algorithm',
		],
		[
			'an XPath transform beside',
			(info) =>
				info.replace(
					'</ds:Transforms>',
					'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"></ds:Transform></ds:Transforms>',
				),
			'algorithm',
		],
		['transform parameters', (info) => info.replace('</ds:Transform>', '<x></x></ds:Transform>'), 'algorithm'],
		[
			'another canonicalisation',
			(info) => info.replace(/(CanonicalizationMethod Algorithm=")[^"]*/, '$1http://www.w3.org/TR/2001/REC-xml-c14n-20010315'),
			'algorithm',
		],
		['HMAC', (info) => info.replace(/(SignatureMethod Algorithm=")[^"]*/, `$1${dsNamespace}hmac-sha1`), 'algorithm'],
		[
			'RSA for an ECDSA key',
			(info) => info.replace(/(SignatureMethod Algorithm=")[^"]*/, '$1http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'),
			'algorithm',
		],
		['SHA-1', (info) => info.replace(/(DigestMethod Algorithm=")[^"]*/, `$1${dsNamespace}sha1`), 'algorithm'],
		['a property of Object as algorithm', (info) => info.replace(/(DigestMethod Algorithm=")[^"]*/, '$1constructor'), 'algorithm'],
		['a digest cut short', (info) => info.replace(/<ds:DigestValue>[^<]*/, '<ds:DigestValue>AAAA'), 'digest'],
	])('signed by the signer, but with %s', async (_, change, code) => {
		const report = verify(await resigned(change));
		expect(report.valid).toBe(false);
		expect(report.problems.map((problem) => problem.code)).toContain(code);
	});

	test('the helper of these tests signs rightly when it changes nothing', async () => {
		expect(codes(await resigned((info) => info))).toEqual([]);
	});
});

describe('the signed properties', () => {
	const whole = /<xades:SignedProperties.*<\/xades:SignedProperties>/;
	const digest = (document: string): string => {
		using parsed = parseXml(Buffer.from(document));
		const find = (element: XmlElement): XmlElement[] => (element.name === 'SignedProperties' ? [element] : element.children.flatMap(find));
		const [properties] = find(readTree(parsed));
		return createHash('sha256')
			.update(canonicalise(parsed.element(properties?.ordinal ?? 0)))
			.digest('base64');
	};
	/** Changes the properties, and signs them rightly. */
	const withProperties = (change: (properties: string) => string): Promise<string> => {
		const changed = (document: string) => document.replace(whole, change);
		return resigned((info) => info.replace(digest(text), digest(changed(text))), changed);
	};
	test('can be signed again', async () => {
		expect(codes(await withProperties((properties) => properties.replace('10:00:00', '11:00:00')))).toEqual([]);
	});
	test.each<[string, (properties: string) => string, string]>([
		['without signing time', (text) => text.replace(/<xades:SigningTime>.*<\/xades:SigningTime>/, ''), 'structure'],
		['with a time that is none', (text) => text.replace('2026-06-01T10', '2026-66-01T10'), 'structure'],
		['without the certificate', (text) => text.replace(/<xades:SigningCertificateV2>.*<\/xades:SigningCertificateV2>/, ''), 'structure'],
		['with another certificate’s digest', (text) => text.replace(/(<ds:DigestValue[^>]*>)[^<]*/, `$1${'A'.repeat(43)}=`), 'certificate'],
		['without the format of the document', (text) => text.replace(/<xades:DataObjectFormat.*<\/xades:DataObjectFormat>/, ''), 'structure'],
		['with the format of something else', (text) => text.replace('#sig-document', '#other'), 'reference'],
	])('%s are refused', async (_, change, code) => {
		expect(codes(await withProperties(change))).toContain(code);
	});
});

test('nothing makes it throw', () => {
	const pieces = [
		'<a>',
		'</a>',
		'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
		'</ds:Signature>',
		'<ds:SignedInfo>',
		'&',
		'\0',
		'"',
		'x',
	];
	const noise = fc.oneof(
		fc.uint8Array({ maxLength: 200 }),
		fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((list) => Buffer.from(list.join(''))),
	);
	fc.assert(
		fc.property(noise, (bytes) => {
			expect(verifyXmlSignature(bytes).valid).toBe(false);
		}),
	);
	fc.assert(
		fc.property(fc.nat({ max: text.length }), fc.nat({ max: 40 }), fc.string({ maxLength: 5 }), (at, cut, put) => {
			const { valid, content } = verify(text.slice(0, at) + put + text.slice(at + cut));
			if (valid) expect(content).toEqual(verify(text).content);
		}),
		{ numRuns: 500 },
	);
});

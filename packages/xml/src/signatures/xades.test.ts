import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalise } from '../canonical.ts';
import { parseXml } from '../document.ts';
import { childOf, readTree, textOf, type XmlElement } from '../tree.ts';
import { createTestSigner, type TestSigner } from './fixtures.ts';
import { dsNamespace, xadesNamespace } from './names.ts';
import { verifyXmlSignature } from './verify.ts';
import { completeXades, type PrepareXadesOptions, prepareXades, timestampInput, type XadesAlgorithm } from './xades.ts';

const documents: readonly [string, string][] = [
	[
		'a default namespace',
		'<EvidenciaNotificacio xmlns="http://www.aoc.cat/eNotum/evidencia" Id="e-1"><Titol>t</Titol></EvidenciaNotificacio>',
	],
	['prefixes', '<e:Evidencia xmlns:e="urn:e" xmlns:unused="urn:u" Id="e-1"><e:Titol e:k="1">t</e:Titol></e:Evidencia>'],
	['no namespace', '<a b="2" a="1"/>'],
	['our prefixes bound to others', '<a xmlns="urn:a" xmlns:ds="urn:b" xmlns:xades="urn:c" ds:x="1"><ds:b/><xades:c/></a>'],
	['XMLDSig as its default namespace', `<KeyName xmlns="${dsNamespace}"><Manifest/></KeyName>`],
	['text with special characters', '<a t="&gt;&quot;&#10;&#9;\'">&lt;&amp;&gt; ]]&gt; &#13;\n\t è € 😀<![CDATA[<b>]]></a>'],
	[
		'markup around and inside',
		'<?xml version="1.0"?><!-- before --><?pi a?>\n<a c=">"><!-- in --><b/><?pi b?></a><?pi c?>\n<!-- after -->',
	],
	['white space', '\n<a\n  b = "1"\n>\n  <b></b>\r\n</a>\n'],
	['xml: attributes', '<a xml:lang="ca" xml:space="preserve"> <b xml:id="x1"/> </a>'],
];

let p256: TestSigner;
let rsa: TestSigner;
const folder = mkdtempSync(join(tmpdir(), 'fefaent-xades-'));
beforeAll(async () => {
	[p256, rsa] = await Promise.all([createTestSigner('ecdsa-p256-sha256'), createTestSigner('rsa-pkcs1-sha256')]);
	for (const [name, { ca }] of [
		['ecdsa-p256-sha256', p256],
		['rsa-pkcs1-sha256', rsa],
	] as const) {
		writeFileSync(join(folder, `${name}.der`), ca);
	}
});
afterAll(() => rmSync(folder, { recursive: true }));

const signerOf = (algorithm: XadesAlgorithm) => (algorithm === 'ecdsa-p256-sha256' ? p256 : rsa);
const options = (algorithm: XadesAlgorithm = 'ecdsa-p256-sha256'): PrepareXadesOptions => ({
	signer: signerOf(algorithm).signer,
	signingTime: new Date('2026-06-01T10:00:00.789Z'),
	signatureId: 'signature-1',
	mimeType: 'text/xml',
	position: 'first-child',
});
async function signed(xml: string, algorithm: XadesAlgorithm = 'ecdsa-p256-sha256', token?: Uint8Array): Promise<Uint8Array> {
	const prepared = prepareXades(Buffer.from(xml), options(algorithm));
	return completeXades(prepared, await signerOf(algorithm).signer.sign(prepared.signedInfo), token);
}
const descend = (element: XmlElement, ...names: readonly string[]): XmlElement =>
	names.reduce((at, name) => (childOf(at, name, dsNamespace) ?? childOf(at, name, xadesNamespace)) as XmlElement, element);

describe.each(documents)('a document with %s', (_, xml) => {
	test.each(['ecdsa-p256-sha256', 'rsa-pkcs1-sha256'] as const)('is signed by %s and verifies', async (algorithm) => {
		const report = verifyXmlSignature(await signed(xml, algorithm), { trust: [signerOf(algorithm).ca] });
		expect(report.problems).toEqual([]);
		expect(report).toMatchObject({ valid: true, signatureId: 'signature-1', signer: { subject: 'CN=Test signer', issuer: 'CN=Test CA' } });
		expect(report.signingTime).toEqual(new Date('2026-06-01T10:00:00Z'));
		using document = parseXml(Buffer.from(xml));
		expect(Buffer.from(report.content ?? []).toString()).toBe(Buffer.from(canonicalise(document)).toString());
	});

	test('has every signed part in the form that libxml2 makes of it', async () => {
		const prepared = prepareXades(Buffer.from(xml), options());
		const value = await p256.signer.sign(prepared.signedInfo);
		using document = parseXml(completeXades(prepared, value, Buffer.from('token')));
		const canonical = (element: XmlElement) => Buffer.from(canonicalise(document.element(element.ordinal))).toString();
		const root = readTree(document);
		const signature = root.children[0] as XmlElement;
		expect([signature.namespace, signature.name]).toEqual([dsNamespace, 'Signature']);
		expect(canonical(descend(signature, 'SignedInfo'))).toBe(Buffer.from(prepared.signedInfo).toString());
		expect(canonical(descend(signature, 'SignatureValue'))).toBe(Buffer.from(timestampInput(prepared, value)).toString());
		const properties = canonical(descend(signature, 'Object', 'QualifyingProperties', 'SignedProperties'));
		expect(prepared.between).not.toMatch(/<xades:SignedProperties[^>]*xmlns/);
		const [whole, other] = descend(signature, 'SignedInfo').children.filter((child) => child.name === 'Reference') as [
			XmlElement,
			XmlElement,
		];
		const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('base64');
		expect(textOf(other, 'DigestValue')).toBe(sha256(properties));
		expect(textOf(whole, 'DigestValue')).toBe(sha256(canonicalise(document, { without: document.element(signature.ordinal) })));
	});
});

const program = 'xmlsec1';
const xmlsec = spawnSync(program, ['--version']).status === 0;
describe.skipIf(!xmlsec)(`xmlsec1 agrees${xmlsec ? '' : ' (SKIPPED: xmlsec1 is not installed)'}`, () => {
	const verify = (bytes: Uint8Array, algorithm: XadesAlgorithm): boolean => {
		const file = join(folder, 'signed.xml');
		writeFileSync(file, bytes);
		const trust = ['--trusted-der', join(folder, `${algorithm}.der`), '--verification-gmt-time', '2026-06-01 10:00:00'];
		return spawnSync(program, ['--verify', '--enabled-key-data', 'x509', ...trust, '--id-attr:Id', 'SignedProperties', file]).status === 0;
	};

	test.each(documents)('on %s', async (_, xml) => {
		for (const algorithm of ['ecdsa-p256-sha256', 'rsa-pkcs1-sha256'] as const) {
			const bytes = await signed(xml, algorithm, Buffer.from('token'));
			expect(verify(bytes, algorithm)).toBe(true);
		}
	});

	test('that a changed one is wrong', async () => {
		const bytes = Buffer.from(await signed('<a>text</a>'));
		bytes[bytes.lastIndexOf('text')] = 0x54;
		expect(verify(bytes, 'ecdsa-p256-sha256')).toBe(false);
		expect(verifyXmlSignature(bytes).valid).toBe(false);
	});
});

describe('levels', () => {
	test('B-B has no unsigned properties, B-T has one time-stamp, given back with what it is over', async () => {
		const prepared = prepareXades(Buffer.from('<a/>'), options());
		const value = await p256.signer.sign(prepared.signedInfo);
		expect(Buffer.from(completeXades(prepared, value)).toString()).not.toContain('Unsigned');
		expect(verifyXmlSignature(completeXades(prepared, value)).timestamps).toEqual([]);
		const stamped = verifyXmlSignature(completeXades(prepared, value, Buffer.from('token')));
		expect(stamped.valid).toBe(true);
		expect(stamped.timestamps).toEqual([{ token: Buffer.from('token'), input: timestampInput(prepared, value) }]);
	});
});

describe('refused', () => {
	test.each([
		['a signature id that is no name', '<a/>', { signatureId: '1a' }],
		['one that could break out', '<a/>', { signatureId: 'a"><b' }],
		['one that the document has', '<a Id="signature-1"/>', {}],
		['one of which the document has a derived one', '<a><b id="signature-1-properties"/></a>', {}],
		['a document with a signature', `<a xmlns:x="${dsNamespace}"><x:Signature/></a>`, {}],
		['one in the default namespace', `<a><Signature xmlns="${dsNamespace}"/></a>`, {}],
	])('%s', (_, xml, more) => {
		expect(() => prepareXades(Buffer.from(xml), { ...options(), ...more })).toThrow(RangeError);
	});

	test('what is no document', () => {
		expect(() => prepareXades(Buffer.from('<a'), options())).toThrow(expect.objectContaining({ name: 'XmlRefused' }));
	});
});

test('a worker thread prepares what another thread completes', async () => {
	const worker = new Worker(
		`const { parentPort, workerData } = require('node:worker_threads');
		import(workerData.module).then(({ prepareXades }) => parentPort.postMessage(prepareXades(Buffer.from('<a>x</a>'), workerData.options)));`,
		{
			eval: true,
			workerData: { module: join(import.meta.dirname, 'xades.ts'), options: { ...options(), signer: { ...p256.signer, sign: undefined } } },
		},
	);
	const prepared = await new Promise<ReturnType<typeof prepareXades>>((resolve, reject) =>
		worker.once('message', resolve).once('error', reject),
	);
	await worker.terminate();
	const bytes = completeXades(prepared, await p256.signer.sign(Buffer.from(prepared.signedInfo)));
	expect(verifyXmlSignature(bytes).valid).toBe(true);
});

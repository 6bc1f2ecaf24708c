import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { EvidenceForm, Transition } from '@fefaent/contracts/notification';
import { seededRandom, temporaryFolder } from '@fefaent/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimed, documents, draft, recipients } from './testing/notifications.ts';
import { startEvidence } from './testing/service.ts';

/** What others say of our evidences: DSS of the European Commission (by the command in FEFAENT_DSS_JUDGE) and xmlsec1. */
const judge = process.env.FEFAENT_DSS_JUDGE;
const hasXmlsec = spawnSync('xmlsec1', ['--version']).status === 0;
const keys = ['ecdsa-p256', 'rsa-3072'] as const;
const folder = temporaryFolder();

beforeAll(async () => {
	for (const keyType of keys) {
		const { client, stop } = await startEvidence(folder.join(keyType), { env: { FEFAENT_EVIDENCE_TEST_KEY: keyType } });
		const all = { recipients: Object.values(recipients).slice(0, 5), documents: documents(8) };
		const { results } = await client.issue({
			items: [
				{ notification: claimed(1, Transition.DEPOSIT, { draft: draft(all) }) },
				{ notification: claimed(2, Transition.REJECT, { draft: draft({ ...all, evidenceForm: EvidenceForm.HEAD }) }) },
			],
		});
		const trust = await client.getTrust({});
		writeFileSync(folder.join(`${keyType}-ca.pem`), trust.signerCaPem);
		writeFileSync(folder.join(`${keyType}-tsa.pem`), trust.tsaCaPem);
		const [seed, head] = results.map(({ outcome }) => (outcome?.$case === 'evidence' ? outcome.value.xml : undefined));
		writeFileSync(folder.join(`${keyType}-seed.xml`), seed ?? '');
		writeFileSync(folder.join(`${keyType}-head.xml`), head ?? '');
		// The title is signed content; so are the times and names, but this one is surely there once.
		writeFileSync(folder.join(`${keyType}-spoiled.xml`), spoiled(Buffer.from(seed ?? []), keyType));
		await stop();
	}
});

afterAll(() => folder.remove());

/** One byte of the document's own text changed into another letter. */
function spoiled(xml: Buffer, seed: string): Buffer {
	const text = xml.toString('latin1');
	const start = text.indexOf('<DadesNotificacio>');
	const letters = [...text.slice(start).matchAll(/(?<=>[^<&]*)[a-z](?=[^<>;]*<)/g)].map((one) => start + one.index);
	const at = letters[seededRandom(seed.length).int(0, letters.length - 1)] ?? start;
	const out = Buffer.from(xml);
	out[at] = text[at] === 'x' ? 'y'.charCodeAt(0) : 'x'.charCodeAt(0);
	return out;
}

function dss(keyType: string, ...files: string[]): { status: number | null; output: string } {
	const [command = '', ...args] = (judge ?? '').split(' ');
	const trust = ['--trust', folder.join(`${keyType}-ca.pem`), '--tsa-trust', folder.join(`${keyType}-tsa.pem`)];
	const demand = ['--level', 'XAdES_BASELINE_T', '--whole', '--no-revocation'];
	const paths = files.map((name) => folder.join(`${keyType}-${name}.xml`));
	const { status, stdout, stderr } = spawnSync(command, [...args, 'validate', ...trust, ...demand, ...paths], { encoding: 'utf8' });
	return { status, output: `${stdout}${stderr}` };
}

function xmlsec(keyType: string, name: string): number | null {
	const id = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties'];
	return spawnSync('xmlsec1', ['--verify', '--trusted-pem', folder.join(`${keyType}-ca.pem`), ...id, folder.join(`${keyType}-${name}.xml`)])
		.status;
}

describe(judge ? 'DSS' : 'DSS (NOT RUN: FEFAENT_DSS_JUDGE names no command)', () => {
	it.skipIf(!judge).each(keys)(
		'passes evidences signed by %s keys as XAdES baseline T, and none with a byte changed',
		{ timeout: 120_000 },
		(keyType) => {
			const good = dss(keyType, 'seed', 'head');
			expect(good.status, good.output).toBe(0);
			expect(good.output.match(/TOTAL_PASSED/g)).toHaveLength(2);
			const bad = dss(keyType, 'spoiled');
			expect(bad.status, bad.output).toBe(1);
			expect(bad.output).toContain('HASH_FAILURE');
		},
	);
});

describe(hasXmlsec ? 'xmlsec1' : 'xmlsec1 (NOT RUN: it is not installed)', () => {
	it.skipIf(!hasXmlsec).each(keys)('verifies evidences signed by %s keys, and none with a byte changed', (keyType) => {
		expect(['seed', 'head', 'spoiled'].map((name) => xmlsec(keyType, name))).toEqual([0, 0, 1]);
	});
});

// A new user's installation, from an empty folder and in a process of its own, closed to callers without a credential: keys and client certificates, both
// dialects, all four operations. Every answer is held against the published schemas.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueTestCertificates, type TemporaryFolder, temporaryFolder } from '@fefaent/testing';
import { verifyXmlSignature } from '@fefaent/xml';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StandaloneProcess, startStandaloneProcess } from '../support/process.ts';
import { cancelRequest, consultRequest, createRequest, envelope, practiseRequest } from '../support/requests.ts';
import { type FaceAnswer, textIn, understood } from './house.ts';

type Call = (body: string) => Promise<FaceAnswer>;

const path = '/soap/enotum-lite';
const v1 = '/admin/v1';
/** The last published form of a request: without its issuer. */
const head = (body: string) => body.replace(/<Emissor>[^<]*<\/Emissor>/, '');
const seed = (body: string) => body;

let folder: TemporaryFolder;
let fefaent: StandaloneProcess;
let mtlsUrl: string;
let agents: { readonly known: Agent; readonly stranger: Agent; readonly none: Agent };
let certificateId: string;

beforeAll(async () => {
	folder = temporaryFolder();
	fefaent = await startStandaloneProcess({
		dataDir: folder.path,
		env: { FEFAENT_OPEN_LOOPBACK: 'false' },
	});
	mtlsUrl = /the same, mTLS +(\S+)\/soap/.exec(fefaent.child.output())?.[1] ?? 'not told';
	await fefaent.admin('POST', `${v1}/issuers`, { code: 'OTHER', name: 'Un altre ens' });
	const { client } = await issueTestCertificates();
	const stranger = (await issueTestCertificates()).client;
	certificateId = (
		await fefaent.admin<{ id: string }>('POST', `${v1}/credentials/certificates`, { label: 'ERP', issuers: ['DEMO'], pem: client.cert })
	).id;
	// As the documentation tells: the authority of the installation's own certificate lies in its data folder.
	const ca = readFileSync(join(folder.path, 'tls', 'ca.pem'), 'utf8');
	agents = {
		known: new Agent({ connect: { ca, cert: client.cert, key: client.key } }),
		stranger: new Agent({ connect: { ca, cert: stranger.cert, key: stranger.key } }),
		none: new Agent({ connect: { ca } }),
	};
});

afterAll(async () => {
	await Promise.all(Object.values(agents ?? {}).map((agent) => agent.close()));
	fefaent?.child.kill('SIGTERM');
	await fefaent?.child.waitExit(20_000);
	await folder?.remove();
});

async function post(url: string, body: string, headers: Readonly<Record<string, string>>, dispatcher?: Agent): Promise<FaceAnswer> {
	const answer = await request(new URL(path, url), {
		method: 'POST',
		headers: { 'content-type': 'text/xml; charset=utf-8', ...headers },
		body: envelope(body),
		...(dispatcher && { dispatcher }),
	});
	return understood(answer.statusCode, answer.headers, Buffer.from(await answer.body.arrayBuffer()));
}

const byKey =
	(key: string): Call =>
	(body) =>
		post(fefaent.publicUrl, body, { 'X-API-Key': key });
const byBearer =
	(key: string): Call =>
	(body) =>
		post(fefaent.publicUrl, body, { Authorization: `Bearer ${key}` });
const byCertificate =
	(agent: keyof typeof agents): Call =>
	(body) =>
		post(mtlsUrl, body, {}, agents[agent]);

const newKey = (...issuers: string[]) =>
	fefaent.admin<{ key: string; credential: { id: string } }>('POST', `${v1}/credentials/api-keys`, { label: 'prova', issuers });
const codes = ({ items }: FaceAnswer) => items.map(({ code }) => code);
const idOf = ({ items }: FaceAnswer) => Number(textIn(items[0]?.element, 'IdNotificacio'));

/** Creates one and waits for its deposit. */
async function deposited(call: Call, form: typeof seed, choice: Parameters<typeof createRequest>[0][number] = {}): Promise<number> {
	const created = await call(form(createRequest([choice])));
	expect(codes(created)).toEqual([undefined]);
	const id = idOf(created);
	await fefaent.settle();
	return id;
}

describe.each([
	['the first published form', seed],
	['the last published form', head],
])('%s', (_, form) => {
	it.each(['X-API-Key', 'Authorization: Bearer', 'a client certificate'])('goes through all four operations by %s', async (how) => {
		const { key } = await newKey('DEMO');
		const call = how === 'X-API-Key' ? byKey(key) : how === 'a client certificate' ? byCertificate('known') : byBearer(key);
		const id = await deposited(call, form);
		expect(await fefaent.admin('GET', `${v1}/notifications/${id}`)).toMatchObject({ issuerCode: 'DEMO', state: 'deposited' });
		const consulted = (await call(form(consultRequest([id, 999_999])))).items;
		expect(consulted.map(({ code }) => code)).toEqual([undefined, 'CON_01']);
		expect(textIn(consulted[0]?.element, 'Estat')).toBe('DIPOSITADA');
		expect(verifyXmlSignature(Buffer.from(textIn(consulted[0]?.element, 'Diposit') ?? ''))).toMatchObject({ valid: true });
		const practised = await call(form(practiseRequest([{ id, decision: 'ACCEPTAR' }])));
		expect(codes(practised)).toEqual([undefined]);
		expect(codes(await call(form(practiseRequest([{ id, decision: 'REBUTJAR' }]))))).toEqual(['PRC_03']);
		const { root } = await call(form(consultRequest([id])));
		expect([textIn(root, 'Estat'), textIn(root, 'Practicar')]).toEqual(['ACCEPTADA', textIn(practised.root, 'Evidencia')]);
		expect(codes(await call(form(cancelRequest([id]))))).toEqual([undefined]);
		expect(textIn((await call(form(consultRequest([id])))).root, 'Estat')).toBe('DESCARTADA');
		const refused = await call(form(createRequest([{ nif: '04444444H' }])));
		expect([refused.root?.name, codes(refused)]).toEqual(['RespostaCrearNotificacio', ['NOT_03']]);
		expect((await call(form(createRequest([])))).root?.name).toBe('RespostaError');
	});

	it('answers CON_02 for a notification of another issuer, and leaves it as it is', async () => {
		const demo = byKey((await newKey('DEMO')).key);
		const other = byKey((await newKey('OTHER')).key);
		const id = await deposited(demo, form);
		for (const body of [
			consultRequest([id], 'OTHER'),
			cancelRequest([id], 'OTHER'),
			practiseRequest([{ id, decision: 'ACCEPTAR' }], 'OTHER'),
		])
			expect(codes(await other(form(body)))).toEqual(['CON_02']);
		expect(textIn((await demo(form(consultRequest([id])))).root, 'Estat')).toBe('DIPOSITADA');
	});

	it('answers 401 to a key that was revoked, from the next request on', async () => {
		const { key, credential } = await newKey('DEMO');
		const call = byKey(key);
		expect(codes(await call(form(consultRequest([999_999]))))).toEqual(['CON_01']);
		await fefaent.admin('DELETE', `${v1}/credentials/${credential.id}`);
		expect(await call(form(consultRequest([999_999])))).toMatchObject({ status: 401, fault: 'Client' });
		expect(await byBearer(key)(form(consultRequest([999_999])))).toMatchObject({ status: 401 });
	});
});

it('a key for several issuers names one; one that is not its own is answered like none', async () => {
	const both = byKey((await newKey('DEMO', 'OTHER')).key);
	expect(codes(await both(head(consultRequest([999_999]))))).toEqual(['NOT_01']);
	expect(codes(await both(consultRequest([999_999], 'OTHER')))).toEqual(['CON_01']);
	const demo = byKey((await newKey('DEMO')).key);
	const foreign = await demo(consultRequest([999_999], 'OTHER'));
	expect(codes(foreign)).toEqual(['NOT_01']);
	expect((await demo(consultRequest([999_999], 'NINGU'))).text).toBe(foreign.text);
});

it('401 without a credential, with a wrong key, and over TLS without a certificate that is known', async () => {
	const body = consultRequest([1]);
	for (const answer of [
		await post(fefaent.publicUrl, body, {}),
		await byKey('fef_0_0')(body),
		await byCertificate('none')(body),
		await byCertificate('stranger')(body),
	])
		expect(answer).toMatchObject({ status: 401, fault: 'Client' });
});

// Last: the certificate that the others use is revoked.
it('401 to a certificate that was revoked, on the connection that it had opened too', async () => {
	const call = byCertificate('known');
	expect(codes(await call(consultRequest([999_999])))).toEqual(['CON_01']);
	await fefaent.admin('DELETE', `${v1}/credentials/${certificateId}`);
	expect(await call(consultRequest([999_999]))).toMatchObject({ status: 401, fault: 'Client' });
	expect(await call(head(consultRequest([999_999])))).toMatchObject({ status: 401 });
});

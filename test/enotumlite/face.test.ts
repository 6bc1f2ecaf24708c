// What the face does besides refusing: dialects, wrappers, encodings, the life of a notification, who may call, HTTP itself.
import { writeFileSync } from 'node:fs';
import { issueTestCertificates, temporaryFolder } from '@fefaent/testing';
import { verifyXmlSignature } from '@fefaent/xml';
import { createClientAsync } from 'soap';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelRequest, consultRequest, createRequest, envelope, notificacio, ns, practiseRequest } from '../support/requests.ts';
import { House, textIn } from './house.ts';

let house: House;
beforeAll(async () => {
	house = await House.start();
});
afterAll(() => house[Symbol.asyncDispose]());

const stateOf = async (id: number) => textIn((await house.call(consultRequest([id]))).root, 'Estat');

describe('a life', () => {
	it('is created, consulted, practised and cancelled, with evidences that verify', async () => {
		const id = await house.deposited(createRequest([{ issuerReference: 'vida' }]));
		const consulted = (await house.call(consultRequest([id, id]))).items;
		expect(consulted).toHaveLength(2);
		expect(textIn(consulted[0]?.element, 'Estat')).toBe('DIPOSITADA');
		expect(textIn(consulted[0]?.element, 'Practicar')).toBeUndefined();
		const deposit = textIn(consulted[1]?.element, 'Diposit') ?? '';
		expect(verifyXmlSignature(Buffer.from(deposit))).toMatchObject({ valid: true });
		const practised = (await house.call(practiseRequest([{ id, decision: 'REBUTJAR' }]))).items[0]?.element;
		expect(textIn(practised, 'Decisio')).toBe('REBUTJAR');
		const evidence = textIn(practised, 'Evidencia') ?? '';
		expect(verifyXmlSignature(Buffer.from(evidence))).toMatchObject({ valid: true });
		const after = (await house.call(consultRequest([id]))).root;
		expect([textIn(after, 'Estat'), textIn(after, 'Diposit'), textIn(after, 'Practicar')]).toEqual(['REBUTJADA', deposit, evidence]);
		const cancelled = await Promise.all([house.call(cancelRequest([id])), house.call(cancelRequest([id]))]);
		expect(cancelled.map((answer) => answer.items.map((item) => item.code))).toEqual([[undefined], [undefined]]);
		const last = (await house.call(consultRequest([id]))).root;
		expect([textIn(last, 'Estat'), textIn(last, 'Practicar')]).toEqual(['DESCARTADA', evidence]);
	});

	it.each(['', '\n\t'])('keeps the creation date as it was given, in its own zone, with %j around it', async (around) => {
		const given = '2026-02-03T04:05:06.7+05:30';
		const request = createRequest([{}]).replace('<DiesExpiracio>', `<DataCreacio>${around}${given}${around}</DataCreacio><DiesExpiracio>`);
		const id = await house.deposited(request);
		expect(textIn((await house.call(consultRequest([id]))).root, 'DataCreacio')).toBe(given);
	});

	it('a communication is accepted by being consulted', async () => {
		const id = await house.deposited(createRequest([{ kind: 'COMUNICACIO' }]));
		const { root } = await house.call(consultRequest([id]));
		expect(textIn(root, 'Estat')).toBe('ACCEPTADA');
		expect(textIn(root, 'Practicar')).toContain('ACCEPTAR');
	});

	it('a batch of 100 is answered in its order', async () => {
		const answer = await house.call(createRequest(Array.from({ length: 100 }, (_, n) => ({ issuerReference: `lot-${n}` }))));
		expect(answer.items.map((item) => item.element.children[0]?.text)).toEqual(Array.from({ length: 100 }, (_, n) => `lot-${n}`));
		expect(answer.items.every((item) => item.code === undefined)).toBe(true);
	});
});

describe('dialects and wrappers', () => {
	const head = (inner: string) => `<PeticioCrearNotificacio xmlns="${ns}">${inner}</PeticioCrearNotificacio>`;
	const collective = '<Destinatari><Colectiu><Identificador>g-1</Identificador><Nom>Veïns</Nom></Colectiu></Destinatari>';

	it('a request inside procesa is answered inside procesaResponse, an error too', async () => {
		const procesa = (inner: string) => `<o:procesa xmlns:o="http://www.openuri.org/">${inner}</o:procesa>`;
		const created = await house.call(procesa(createRequest([{}])));
		expect([created.wrapped, created.root?.name]).toEqual([true, 'RespostaCrearNotificacio']);
		for (const inner of ['', '<x/>', createRequest([{}], 'NINGU'), createRequest([])]) {
			const refused = await house.call(procesa(inner));
			expect([refused.wrapped, refused.root?.name]).toEqual([true, 'RespostaError']);
		}
	});

	it('without an issuer, a caller without one of its own is NOT_01', async () => {
		expect((await house.call(head(notificacio()))).items.map((item) => item.code)).toEqual(['NOT_01']);
	});

	it('without an issuer it is of the only one its caller acts for', async () => {
		const { directory } = house.gateway;
		const sole = await directory.createApiKey({ label: 'un', issuers: ['DEMO'] });
		const both = await directory.createApiKey({ label: 'dos', issuers: ['DEMO', 'OTHER'] });
		const answer = await house.call(head(notificacio({ recipients: collective })), { 'X-API-Key': sole.key });
		expect(answer.items.map((item) => item.code)).toEqual([undefined]);
		const id = Number(answer.items[0]?.element.children[1]?.text);
		expect((await house.world.get(id))?.draft).toMatchObject({ issuer: { code: 'DEMO' }, dialect: 'DIALECT_ENOTUMLITE_HEAD' });
		expect((await house.call(head(notificacio()), { 'X-API-Key': both.key })).items.map((item) => item.code)).toEqual(['NOT_01']);
		const named = await house.call(createRequest([{ recipients: collective }]), { 'X-API-Key': both.key });
		expect(named.items.map((item) => item.code)).toEqual([undefined]);
		expect((await house.world.get(Number(named.items[0]?.element.children[1]?.text)))?.draft?.dialect).toBe('DIALECT_ENOTUMLITE_SEED');
	});

	it('names of documents are bounded without an issuer only', async () => {
		const { key } = await house.gateway.directory.createApiKey({ label: 'noms', issuers: ['DEMO'] });
		const long = notificacio({
			documents:
				notificacio()
					.match(/<Document>.*<\/Document>/)?.[0]
					?.replace('resolucio.pdf', 'n'.repeat(101)) ?? '',
		});
		expect((await house.call(head(long), { 'X-API-Key': key })).items.map((item) => item.code)).toEqual(['NOT_02']);
		const seed = head(`<Emissor>DEMO</Emissor>${long}`);
		expect((await house.call(seed, { 'X-API-Key': key })).items.map((item) => item.code)).toEqual([undefined]);
	});
});

describe('who may call', () => {
	it('an issuer that is not the caller’s is answered like none', async () => {
		const { key } = await house.gateway.directory.createApiKey({ label: 'altre', issuers: ['OTHER'] });
		const foreign = await house.call(consultRequest([1]), { 'X-API-Key': key });
		const unknown = await house.call(consultRequest([1], 'NINGU'), { 'X-API-Key': key });
		expect(foreign.text).toBe(unknown.text);
		expect(foreign.items.map((item) => item.code)).toEqual(['NOT_01']);
	});

	it('401 with a fault for a wrong key, before the body is looked at', async () => {
		const refused = await house.send('not xml', { Authorization: 'Bearer fef_x' });
		expect([refused.status, refused.fault, refused.headers['www-authenticate']]).toEqual([401, 'Client', 'Bearer realm="fefaent"']);
	});

	it('a client certificate opens the same face over TLS, for its own issuers', async () => {
		const { ca, server, client } = await issueTestCertificates();
		await using folder = temporaryFolder();
		writeFileSync(folder.join('server.pem'), server.cert);
		writeFileSync(folder.join('server.key'), server.key);
		await using secure = await House.start({
			FEFAENT_OPEN_LOOPBACK: 'false',
			FEFAENT_GATEWAY_TLS_CERT_FILE: folder.join('server.pem'),
			FEFAENT_GATEWAY_TLS_KEY_FILE: folder.join('server.key'),
		});
		await secure.gateway.directory.registerCertificate({ label: 'ERP', issuers: ['OTHER'], pem: client.cert });
		const dispatcher = new Agent({ connect: { ca: ca.cert, cert: client.cert, key: client.key } });
		const call = async (issuer: string) => {
			const { statusCode, body } = await request(`https://127.0.0.1:${secure.gateway.mtlsPort}/soap/enotum-lite`, {
				dispatcher,
				method: 'POST',
				headers: { 'content-type': 'text/xml' },
				body: envelope(consultRequest([1], issuer)),
			});
			return [statusCode, /<CodiError>(.*?)</.exec(await body.text())?.[1]];
		};
		expect(await call('OTHER')).toEqual([200, 'CON_01']);
		expect(await call('DEMO')).toEqual([200, 'NOT_01']);
		await dispatcher.close();
	});

	it('401 without a key where loopback is not open', async () => {
		await using closed = await House.start({ FEFAENT_OPEN_LOOPBACK: 'false' });
		expect(await closed.call(consultRequest([1]))).toMatchObject({ status: 401, fault: 'Client' });
		expect((await fetch(`${closed.url}?wsdl`)).status).toBe(200);
		expect((await fetch(new URL('/health/ready', closed.url))).status).toBe(200);
	});
});

describe('what is no request', () => {
	const latin = (text: string) => Buffer.from(text, 'latin1');
	const declared = (encoding: string) => envelope(createRequest([{}])).replace('UTF-8', encoding);

	it.each<[string, Uint8Array | string]>([
		['nothing', ''],
		['no XML', 'hola'],
		['cut XML', envelope(createRequest([{}])).slice(0, -5)],
		['a document type', envelope(consultRequest([1])).replace('?>', '?><!DOCTYPE x>')],
		['an external entity', envelope(consultRequest([1])).replace('?>', '?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')],
		['no SOAP', consultRequest([1])],
		['a relative namespace', envelope(consultRequest([1])).replace('<Emissor>', '<Emissor xmlns:x="y">')],
		['a relative default namespace', envelope(consultRequest([1])).replace('<Emissor>', '<Emissor xmlns="y">')],
		['deep XML', envelope('<a>'.repeat(500) + '</a>'.repeat(500))],
		['bytes that are no UTF-8', latin(envelope(createRequest([{}])))],
		['an encoding that is not taken', declared('windows-1252')],
		['two encodings', Buffer.concat([Buffer.from('\ufeff'), Buffer.from(declared('ISO-8859-1'))])],
	])('%s is a Client fault', async (_, bytes) => {
		const answer = await house.send(bytes);
		expect([answer.status, answer.fault]).toEqual([500, 'Client']);
		expect(answer.text).not.toContain('passwd');
	});

	it('SOAP 1.2 and unknown obligations have faults of their own', async () => {
		const soap12 = envelope(consultRequest([1])).replace(
			'http://schemas.xmlsoap.org/soap/envelope/',
			'http://www.w3.org/2003/05/soap-envelope',
		);
		expect(await house.send(soap12)).toMatchObject({ status: 500, fault: 'VersionMismatch' });
		const demand = envelope(consultRequest([1])).replace(
			'<soapenv:Header/>',
			'<soapenv:Header><x xmlns="urn:x" soapenv:mustUnderstand="1"/></soapenv:Header>',
		);
		expect(await house.send(demand)).toMatchObject({ status: 500, fault: 'MustUnderstand' });
	});

	it.each<[string, string, (text: string) => Uint8Array]>([
		['ISO-8859-1', 'text/xml', latin],
		['ISO-8859-15', 'text/xml; charset="iso-8859-15"', latin],
		['UTF-16', 'application/xml', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
		['UTF-8', 'TEXT/XML;charset=UTF-8', (text) => Buffer.from(text)],
	])('%s is read as what it says', async (encoding, contentType, encode) => {
		const answer = await house.send(encode(declared(encoding)), { 'content-type': contentType });
		expect(answer.items.map((item) => item.code)).toEqual([undefined]);
		expect((await house.world.get(Number(answer.items[0]?.element.children[1]?.text)))?.draft?.title).toBe('Resolució de beca');
	});

	it('415, 413, 405 as HTTP says them', async () => {
		for (const type of ['application/json', 'application/soap+xml', 'multipart/related', ''])
			expect(await house.send(envelope(consultRequest([1])), { 'content-type': type })).toMatchObject({ status: 415, fault: 'Client' });
		const gzip = { 'content-encoding': 'gzip' };
		expect(await house.send('x', gzip)).toMatchObject({ status: 415, fault: 'Client' });
		expect(await house.send(Buffer.alloc(10 * 1024 * 1024 + 1, 32))).toMatchObject({ status: 413, fault: 'Client' });
		const put = await fetch(house.url, { method: 'PUT', body: 'x' });
		expect([put.status, put.headers.get('allow'), (await put.text()).includes('Fault')]).toEqual([405, 'GET, HEAD, POST', true]);
	});
});

describe('a soap client made from ?wsdl', () => {
	it('creates, consults, practises and cancels', async () => {
		const client = await createClientAsync(`${house.url}?wsdl`);
		const notification = {
			Titol: 'Resolució',
			Referencia: 'r-1',
			TipusObjecte: 'NOTIFICACIO',
			Destinataris: {
				Destinatari: [{ PersonaFisica: { DocumentIdentificatiu: { NIF: '12345678Z' }, Nom: 'Anna', PrimerCognom: 'Puig' } }],
			},
			Documents: {
				Document: [
					{
						Nom: 'r.pdf',
						DigestDocument: { attributes: { digestAlgorithm: 'SHA-256' }, $value: Buffer.alloc(32).toString('base64') },
						Tipus: 'Resolució',
					},
				],
			},
		};
		const call = async (operation: string, request: object) =>
			((await client[`${operation}Async`]({ Emissor: 'DEMO', ...request })) as [object])[0];
		const created = (await call('CrearNotificacio', { Notificacio: [notification] })) as {
			ResultatCrearNotificacio: { IdNotificacio: string }[];
		};
		const id = Number(created.ResultatCrearNotificacio[0]?.IdNotificacio);
		await house.world.in(id, 'STATE_DEPOSITED');
		expect(await call('Consulta', { IdNotificacio: [id] })).toMatchObject({
			ResultatConsultarNotificacio: [{ DadesNotificacio: { Estat: 'DIPOSITADA' } }],
		});
		expect(await call('Practicar', { PracticarNotificacio: [{ IdNotificacio: id, Decisio: 'ACCEPTAR' }] })).toMatchObject({
			// The signed bytes as they are: not an object that the library made of them.
			ResultatPracticarNotificacio: [{ Decisio: 'ACCEPTAR', Evidencia: expect.stringMatching(/^<\?xml .*<\/EvidenciaNotificacio>\n?$/s) }],
		});
		expect(await call('Cancelar', { IdNotificacio: [id] })).toMatchObject({ ResultatCancelarNotificacio: [{}] });
		expect(await stateOf(id)).toBe('DESCARTADA');
	});

	it('finds every schema, and nothing else', async () => {
		expect((await fetch(`${house.url}?xsd=common.xsd`)).status).toBe(200);
		for (const query of ['', '?xsd=../../package.json', '?xsd=..%2Fcommon.xsd', '?xsd=none.xsd', '?x'])
			expect([query, (await fetch(house.url + query)).status]).toEqual([query, 404]);
	});
});

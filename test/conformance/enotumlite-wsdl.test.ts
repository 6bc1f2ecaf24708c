import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { childOf, compileSchema, parseXml, publishDescription, readTree } from '@fefaent/xml';
import { type Client, createClientAsync } from 'soap';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../xsds/enotumlite');
const ns = 'xmlns="http://www.aoc.cat/eNotum"';
const soapNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';

/** What the service answers next, and what it was asked last. */
let answer = '';
let asked = { action: '', faults: [] as readonly string[] };

/** Serves the description as the gateway does, holds each request against the schema, and answers what the test says. */
const server: Server = createServer((request, response) => {
	const url = new URL(request.url ?? '/', 'http://localhost');
	if (request.method === 'GET') {
		const file = url.searchParams.get('xsd') ?? 'enotumlite.wsdl';
		response
			.setHeader('content-type', 'text/xml; charset=utf-8')
			.end(publishDescription(readFileSync(join(folder, file), 'utf8'), address()));
		return;
	}
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => {
		using document = parseXml(Buffer.concat(chunks));
		const payload = childOf(readTree(document), 'Body', soapNamespace)?.children[0];
		const faults = payload ? compileSchema(join(folder, 'union.xsd')).validate(document.element(payload.ordinal)) : [];
		asked = { action: String(request.headers.soapaction), faults: faults.map((fault) => fault.message) };
		response
			.setHeader('content-type', 'text/xml; charset=utf-8')
			.end(`<s:Envelope xmlns:s="${soapNamespace}"><s:Body>${answer}</s:Body></s:Envelope>`);
	});
});
const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/soap/enotum-lite`;

let client: Client;
beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	client = await createClientAsync(`${address()}?wsdl`);
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

async function call(operation: string, request: object, answered: string): Promise<readonly [result: unknown, raw: string]> {
	using document = parseXml(Buffer.from(answered));
	expect(compileSchema(join(folder, 'responses.xsd')).validate(document)).toEqual([]);
	answer = answered;
	const [result, raw] = (await client[`${operation}Async`](request)) as [unknown, string];
	return [result, raw];
}

const notification = {
	Titol: 'Resolució',
	Referencia: 'r-1',
	TipusObjecte: 'NOTIFICACIO',
	Destinataris: {
		Destinatari: [
			{
				PersonaJuridica: {
					BustiaCorreu: ['a@b.cat', 'c@d.cat'],
					Telefon: '600000000',
					DocumentIdentificatiu: { Identificador: 'F-1' },
					RaoSocial: 'Fiscalia',
					PersonaVinculada: { DocumentIdentificatiu: { NIF: '12345678Z' }, Nom: 'Anna', PrimerCognom: 'Puig' },
				},
				Idioma: 'ca',
			},
		],
	},
	Documents: {
		Document: [
			{
				Nom: 'r.pdf',
				DigestDocument: { attributes: { digestAlgorithm: 'SHA-256' }, $value: 'A'.repeat(43).concat('=') },
				Tipus: 'Resolució',
			},
		],
	},
};

describe('a client made by the soap package from the WSDL', () => {
	test('knows the four operations at the address they are served from', () => {
		const { ENotumLite } = client.describe() as { ENotumLite: { ENotumLitePort: object } };
		expect(Object.keys(ENotumLite.ENotumLitePort).sort()).toEqual(['Cancelar', 'Consulta', 'CrearNotificacio', 'Practicar']);
	});

	test.each([
		[
			'CrearNotificacio',
			{ Emissor: 'DEMO', Notificacio: [notification, notification] },
			`<RespostaCrearNotificacio ${ns}><ResultatCrearNotificacio><IdNotificacioEmissor/><IdNotificacio>7</IdNotificacio></ResultatCrearNotificacio><ResultatCrearNotificacio><IdNotificacioEmissor>b</IdNotificacioEmissor><Error><CodiError>NOT_03</CodiError><MissatgeError>NIF invàlid</MissatgeError></Error></ResultatCrearNotificacio></RespostaCrearNotificacio>`,
			{
				ResultatCrearNotificacio: [
					{ IdNotificacioEmissor: '', IdNotificacio: 7 },
					{ IdNotificacioEmissor: 'b', Error: { CodiError: 'NOT_03', MissatgeError: 'NIF invàlid' } },
				],
			},
		],
		[
			'Consulta',
			{ Emissor: 'DEMO', IdNotificacio: [7, 8] },
			`<RespostaConsulta ${ns}><ResultatConsultarNotificacio><IdNotificacio>7</IdNotificacio><DadesNotificacio><DataCreacio>2026-01-02T03:04:05Z</DataCreacio><Estat>DIPOSITADA</Estat></DadesNotificacio><Evidencia><Diposit>&lt;a/&gt;</Diposit></Evidencia></ResultatConsultarNotificacio></RespostaConsulta>`,
			{
				ResultatConsultarNotificacio: [
					{
						IdNotificacio: 7,
						DadesNotificacio: { DataCreacio: new Date('2026-01-02T03:04:05Z'), Estat: 'DIPOSITADA' },
						Evidencia: { Diposit: '<a/>' },
					},
				],
			},
		],
		[
			'Cancelar',
			{ Emissor: 'DEMO', IdNotificacio: 7 },
			`<RespostaCancelar ${ns}><ResultatCancelarNotificacio><IdNotificacio>7</IdNotificacio></ResultatCancelarNotificacio></RespostaCancelar>`,
			{ ResultatCancelarNotificacio: [{ IdNotificacio: 7 }] },
		],
		[
			'Practicar',
			{
				Emissor: 'DEMO',
				PracticarNotificacio: [{ IdNotificacio: 7, Decisio: 'ACCEPTAR', DocumentPersonaFisica: { NIF: '12345678Z' } }],
			},
			`<RespostaPracticar ${ns}><ResultatPracticarNotificacio><IdNotificacio>7</IdNotificacio><Decisio>ACCEPTAR</Decisio><Evidencia>&lt;a/&gt;</Evidencia></ResultatPracticarNotificacio></RespostaPracticar>`,
			{ ResultatPracticarNotificacio: [{ IdNotificacio: 7, Decisio: 'ACCEPTAR', Evidencia: '<a/>' }] },
		],
	])('sends a valid %s and understands its answer', async (operation, request, answered, expected) => {
		const [result] = await call(operation, request, answered);
		expect(asked).toEqual({ action: `"http://www.aoc.cat/eNotum/${operation}"`, faults: [] });
		expect(result).toEqual(expected);
	});

	test('gets RespostaError, which is no fault, as the body of the answer', async () => {
		const error = `<RespostaError ${ns}><Error><CodiError>ERR_01</CodiError><MissatgeError>no</MissatgeError></Error></RespostaError>`;
		const [result, raw] = await call('Consulta', { Emissor: 'DEMO', IdNotificacio: 7 }, error);
		expect(result).toBeUndefined();
		expect(raw).toContain('<CodiError>ERR_01</CodiError>');
	});
});

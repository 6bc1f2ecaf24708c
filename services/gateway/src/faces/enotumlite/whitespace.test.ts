// What XSD says of whitespace (XML Schema part 2, 4.3.6): around dates, numbers, flags and base64 it is nothing, in strings it is text.
import { parseXml, readTree } from '@fefaent/xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDraft } from './draft.ts';
import { ContractError } from './errors.ts';
import { enotumNs } from './names.ts';
import { askedIds } from './operations/ids.ts';
import { readNotification } from './read.ts';
import { problemOf } from './rules/index.ts';
import { RequestSchemas } from './schema.ts';
import { issuer } from './testing.ts';

const schemas = new RequestSchemas();
const digest = Buffer.alloc(32, 7).toString('base64');

const right = {
	Titol: 'Títol',
	Referencia: 'R',
	IdNotificacioEmissor: 'A-1',
	TipusObjecte: 'NOTIFICACIO',
	DataCreacio: '2026-02-03T04:05:06Z',
	DiesExpiracio: '7',
	Idioma: 'ca',
	PrimerAvis: 'true',
	RepeticioAvis: 'false',
	NIF: '12345678Z',
	NomPersona: 'Anna',
	Nom: 'r.pdf',
	algorithm: 'SHA-256',
	digest,
};

function createXml(change: Partial<typeof right>): string {
	const f = { ...right, ...change };
	const first = ['Titol', 'Referencia', 'IdNotificacioEmissor', 'TipusObjecte', 'DataCreacio', 'DiesExpiracio', 'Idioma'] as const;
	return `<PeticioCrearNotificacio xmlns="${enotumNs}"><Emissor>DEMO</Emissor><Notificacio>${first
		.map((name) => `<${name}>${f[name]}</${name}>`)
		.join(
			'',
		)}<Destinataris><Destinatari><PersonaFisica><DocumentIdentificatiu><NIF>${f.NIF}</NIF></DocumentIdentificatiu><Nom>${f.NomPersona}</Nom><PrimerCognom>B</PrimerCognom></PersonaFisica></Destinatari></Destinataris><DadesAvisos><PrimerAvis>${
		f.PrimerAvis
	}</PrimerAvis><RepeticioAvis>${f.RepeticioAvis}</RepeticioAvis></DadesAvisos><Documents><Document><Nom>${f.Nom}</Nom><DigestDocument digestAlgorithm="${
		f.algorithm
	}">${f.digest}</DigestDocument><Tipus>Annex</Tipus></Document></Documents></Notificacio></PeticioCrearNotificacio>`;
}

/** Reads a create as the face does. @returns the draft, or the code that it is refused with */
function created(change: Partial<typeof right>) {
	using document = parseXml(Buffer.from(createXml(change)));
	const request = readTree(document);
	try {
		const facets = schemas.check('seed', document.element(request.ordinal), request);
		const [notification] = request.children.slice(1).map(readNotification);
		if (!notification) throw new Error('no notification');
		const problem = problemOf(notification, { dialect: 'seed', administrations: new Set() });
		if (problem) return problem.code;
		expect(facets.size).toBe(0);
		return toDraft(notification, issuer(), 'seed');
	} catch (error) {
		if (error instanceof ContractError) return error.code;
		throw error;
	}
}

const around: readonly (readonly [string, (value: string) => string])[] = [
	['none', (value) => value],
	['before', (value) => ` ${value}`],
	['after', (value) => `${value} `],
	['lines of a pretty-printed request', (value) => `\n\t\t${value}\n\t`],
	['a carriage return', (value) => `&#13;${value}&#13;`],
];

describe.each(around)('whitespace: %s', (_, put) => {
	it.each([
		'2026-02-03T04:05:06Z',
		'2026-02-03T04:05:06+05:30',
		'2026-02-03T04:05:06.7',
		'2026-02-03T24:00:00',
		'-0044-03-15T00:00:00-14:00',
	])('xs:dateTime %s is read, and kept as given in its own zone', (value) => {
		expect(created({ DataCreacio: put(value) })).toMatchObject({ createdAtGiven: value });
	});

	it('xs:positiveInteger, xs:boolean and xs:base64Binary are read', () => {
		expect(created({ DiesExpiracio: put('+030'), PrimerAvis: put('1'), RepeticioAvis: put('true'), digest: put(digest) })).toMatchObject({
			expiryDays: 30,
			firstNotice: true,
			reminder: true,
			documents: [{ digest: Buffer.alloc(32, 7) }],
		});
	});

	it('xs:integer is read', () => {
		const values = ['12', '-3', '9'.repeat(30)];
		const xml = `<PeticioConsulta xmlns="${enotumNs}"><Emissor>DEMO</Emissor>${values.map((one) => `<IdNotificacio>${put(one)}</IdNotificacio>`).join('')}</PeticioConsulta>`;
		using document = parseXml(Buffer.from(xml));
		const request = readTree(document);
		expect(schemas.check('seed', document.element(request.ordinal), request).size).toBe(0);
		expect(askedIds(request)).toEqual([
			{ given: '12', id: 12 },
			{ given: '-3', id: undefined },
			{ given: '9'.repeat(30), id: undefined },
		]);
	});
});

it.each([
	'ahir',
	'',
	' ',
	'2026-02-03',
	'2026-02-30T00:00:00',
	'2026-02-03 T04:05:06',
	'2026-02-03T04:05:06 Z',
	'2026-02-03T04:05:06+14:01',
	'2026-02-03T04:05:06\u00a0',
	'&lt;value&gt;',
])('no xs:dateTime is made of %j by whitespace around it', (value) => {
	for (const [, put] of around) expect(created({ DataCreacio: put(value) })).toBe('ERR_01');
});

it.each<[keyof typeof right, string]>([
	['DiesExpiracio', '1 0'],
	['DiesExpiracio', ' '],
	['PrimerAvis', ' '],
	['PrimerAvis', 'tr ue'],
])('%s %j is not of its type', (name, value) => {
	expect(created({ [name]: value })).toBe('ERR_01');
});

it('strings keep theirs', () => {
	expect(created({ Titol: ' T  t\n', Referencia: ' R ', IdNotificacioEmissor: ' A ', NomPersona: ' Anna ', Nom: ' r.pdf' })).toMatchObject({
		title: ' T  t\n',
		reference: ' R ',
		issuerReference: ' A ',
		recipients: [{ party: { value: { givenName: ' Anna ' } } }],
		documents: [{ name: ' r.pdf' }],
	});
});

it.each<keyof typeof right>(['TipusObjecte', 'Idioma', 'algorithm'])('the list of %s takes no value with whitespace around it', (name) => {
	expect(created({ [name]: ` ${right[name]}` })).toBe('NOT_02');
});

it('any whitespace around any instant gives that instant', () => {
	const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '&#13;'), maxLength: 300 });
	const instants = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString());
	fc.assert(
		fc.property(space, instants, space, (before, instant, after) => {
			expect(created({ DataCreacio: before + instant + after })).toMatchObject({ createdAtGiven: instant });
		}),
	);
});

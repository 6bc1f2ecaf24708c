import { join } from 'node:path';
import { IdentityScheme, Language, type NaturalPerson, type Recipient } from '@fefaent/contracts/common';
import { EvidenceForm, NotificationKind, Transition } from '@fefaent/contracts/notification';
import { compileSchema, parseXml } from '@fefaent/xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeDocument } from '../sealing/write.ts';
import { claimed, documents, draft, recipients } from '../testing/notifications.ts';
import { evidenceDocument } from './document.ts';
import { factsOf } from './facts.ts';

const schemas = join(import.meta.dirname, '../../../../xsds/enotumlite');
const schemaOf = { seed: compileSchema(join(schemas, 'evidence-seed.xsd')), head: compileSchema(join(schemas, 'evidence-head.xsd')) };
const formOf = { seed: EvidenceForm.SEED, head: EvidenceForm.HEAD };
type Form = keyof typeof formOf;

function written(form: Form, transition: Transition, change: Parameters<typeof draft>[0]): string {
	const facts = factsOf(claimed(42, transition, { draft: draft({ evidenceForm: formOf[form], ...change }) }));
	return Buffer.from(writeDocument(evidenceDocument(facts, '00000000-0000-7000-8000-000000000000'))).toString('utf8');
}

/** The schemas know neither the root's `Id` nor the signature (eNotumLite contract, section 10). */
function findings(form: Form, xml: string): string[] {
	using document = parseXml(Buffer.from(xml.replace(/ Id="[^"]*"/, '')));
	return schemaOf[form].validate(document).map((one) => `${one.kind} ${one.element}: ${one.message}`);
}

function element(xml: string, name: string): string {
	return new RegExp(`<${name}>.*</${name}>`, 's').exec(xml)?.[0] ?? '';
}

describe('evidence document', () => {
	it('in the seed form says everything, empty where there is nothing to say', () => {
		const xml = written('seed', Transition.ACCEPT, { createdAtGiven: '2026-11-18T10:00:00+01:00' });
		expect(xml).toBe(
			'<?xml version="1.0" encoding="UTF-8"?>\n' +
				'<EvidenciaNotificacio xmlns="http://www.aoc.cat/eNotum/evidencia" Id="evidencia-00000000-0000-7000-8000-000000000000">' +
				'<DadesNotificacio><IdNotificacio>42</IdNotificacio><Referencia>EXP-2026/1</Referencia>' +
				"<Titol>Liquidació de l'impost &amp; recàrrec</Titol><TipusObjecte>NOTIFICACIO</TipusObjecte>" +
				'<DataCreacio>2026-11-18T10:00:00+01:00</DataCreacio><DataDiposit>2026-11-19T08:00:01.000Z</DataDiposit>' +
				'<DataPracticar>2026-11-20T10:00:00.123Z</DataPracticar></DadesNotificacio>' +
				'<Documents><Document><Nom>Document 0 – a&amp;b&lt;c&gt;.pdf</Nom>' +
				'<DigestDocument digestAlgorithm="SHA-256">AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=</DigestDocument><Tipus>Resolució</Tipus></Document></Documents>' +
				'<DadesDestinataris><Destinatari><NIF>12345678Z</NIF><Nom>Núria</Nom><PrimerCognom>Puig &amp; Fills &lt;SL&gt;</PrimerCognom>' +
				'<SegonCognom>Cadafalch "i" Soler</SegonCognom><RaoSocial></RaoSocial><Email>nuria@example.org</Email><Telefon>600000001</Telefon></Destinatari>' +
				'</DadesDestinataris><MotiuEvidencia>ACCEPTAR</MotiuEvidencia></EvidenciaNotificacio>',
		);
	});

	it.each([
		[
			'passport',
			'<PASSPORT>AB123456</PASSPORT><Nom>Ann</Nom><PrimerCognom>Lee</PrimerCognom><SegonCognom></SegonCognom><RaoSocial></RaoSocial>',
		],
		[
			'legal',
			'<CIF>B12345674</CIF><NIF>00000000T</NIF><Nom>Pere</Nom><PrimerCognom>Roca</PrimerCognom><SegonCognom></SegonCognom><RaoSocial>Exemple SL</RaoSocial>',
		],
		['vat', '<VAT>FR40303265045</VAT><Nom></Nom><PrimerCognom></PrimerCognom><SegonCognom></SegonCognom><RaoSocial>Exemple SA</RaoSocial>'],
		['other', '<Destinatari><Nom></Nom><PrimerCognom></PrimerCognom><SegonCognom></SegonCognom><RaoSocial>Fiscalia</RaoSocial>'],
		[
			'collective',
			'<Destinatari><Nom>Veïns del carrer Major</Nom><PrimerCognom></PrimerCognom><SegonCognom></SegonCognom><RaoSocial></RaoSocial>',
		],
	] as const)('in the seed form tells a recipient of kind %s', (kind, expected) => {
		expect(written('seed', Transition.DEPOSIT, { recipients: [recipients[kind]] })).toContain(expected);
	});

	it('in the HEAD form tells recipients as the request did', () => {
		const xml = element(
			written('head', Transition.DEPOSIT, { recipients: [recipients.natural, recipients.legal, recipients.collective] }),
			'Destinataris',
		);
		expect(xml).toBe(
			'<Destinataris><Destinatari><PersonaFisica><BustiaCorreu>nuria@example.org</BustiaCorreu><BustiaCorreu>other@example.org</BustiaCorreu>' +
				'<Telefon>600000001</Telefon><Telefon>600000002</Telefon><DocumentIdentificatiu><NIF>12345678Z</NIF></DocumentIdentificatiu><Nom>Núria</Nom>' +
				'<PrimerCognom>Puig &amp; Fills &lt;SL&gt;</PrimerCognom><SegonCognom>Cadafalch "i" Soler</SegonCognom></PersonaFisica><Idioma>ca</Idioma></Destinatari>' +
				'<Destinatari><PersonaJuridica><BustiaCorreu>sl@example.org</BustiaCorreu><DocumentIdentificatiu><CIF>B12345674</CIF></DocumentIdentificatiu>' +
				'<RaoSocial>Exemple SL</RaoSocial><PersonaVinculada><DocumentIdentificatiu><NIF>00000000T</NIF></DocumentIdentificatiu><Nom>Pere</Nom>' +
				'<PrimerCognom>Roca</PrimerCognom></PersonaVinculada></PersonaJuridica><Idioma>oc</Idioma></Destinatari>' +
				'<Destinatari><Colectiu><BustiaCorreu>veins@example.org</BustiaCorreu><Identificador>C-1</Identificador><Nom>Veïns del carrer Major</Nom></Colectiu>' +
				'</Destinatari></Destinataris>',
		);
	});

	it('in the HEAD form names who signed, and nobody for what the engine decided', () => {
		expect(written('head', Transition.DEPOSIT, {})).toContain('<Signatari></Signatari>');
		expect(written('head', Transition.REJECT, {})).toContain(
			'<Signatari><DocumentPersonaFisica><NIF>12345678Z</NIF></DocumentPersonaFisica></Signatari>',
		);
	});

	it('holds all documents, more than the seed schema has room for', () => {
		const xml = written('seed', Transition.DEPOSIT, { documents: documents(100) });
		expect(xml.match(/<Document>/g)).toHaveLength(100);
		expect(findings('seed', xml).filter((one) => !one.includes('Document'))).toEqual([]);
	});

	it.each(['seed', 'head'] as const)('keeps to the schema of the %s form, whatever was notified', (form) => {
		const text = fc.string({ unit: fc.constantFrom('a', 'Ñ', '&', '<', '>', '"', "'", '\n', '\r', ' ', '😀', ']]>', '-'), maxLength: 30 });
		const identity = (scheme: IdentityScheme, value: string) => fc.constant({ scheme, value });
		const natural = fc.record({
			identity: fc.oneof(identity(IdentityScheme.NIF, '12345678Z'), identity(IdentityScheme.PASSPORT, 'X&1')),
			givenName: text,
			firstSurname: text,
			secondSurname: fc.option(text, { nil: undefined }),
		});
		const party: fc.Arbitrary<NonNullable<Recipient['party']>> = fc.oneof(
			natural.map((value: NaturalPerson) => ({ $case: 'natural' as const, value })),
			fc
				.record({
					identity: fc.oneof(
						identity(IdentityScheme.CIF, 'B12345674'),
						identity(IdentityScheme.VAT, 'FR1'),
						identity(IdentityScheme.OTHER, 'F-1'),
					),
					legalName: text,
					representative: fc.option(natural, { nil: undefined }),
				})
				.map((value) => ({ $case: 'legal' as const, value })),
			fc.record({ identity: identity(IdentityScheme.OTHER, 'C'), name: text }).map((value) => ({ $case: 'collective' as const, value })),
		);
		const recipient: fc.Arbitrary<Recipient> = fc.record({
			party,
			emails: fc.array(fc.constantFrom('a@b.c', 'd&e@f.g'), { maxLength: 3 }),
			phones: fc.array(text, { maxLength: 3 }),
			language: fc.constantFrom(Language.UNSPECIFIED, Language.CA, Language.ES, Language.OC, Language.EN),
		});
		const change = fc.record({
			title: text,
			reference: text,
			kind: fc.constantFrom(NotificationKind.NOTIFICATION, NotificationKind.COMMUNICATION),
			createdAtGiven: fc.constantFrom('', '2026-01-01T00:00:00', '2026-01-01T24:00:00+14:00'),
			recipients: fc.array(recipient, { minLength: 1, maxLength: 5 }),
			documents: fc.integer({ min: 1, max: 5 }).map(documents),
		});
		const transition = fc.constantFrom(Transition.DEPOSIT, Transition.ACCEPT, Transition.REJECT, Transition.EXPIRE);
		fc.assert(
			fc.property(transition, change, (step, one) => {
				expect(findings(form, written(form, step, one))).toEqual([]);
			}),
			{ numRuns: 150 },
		);
	});
});

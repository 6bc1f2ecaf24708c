import { IdentityScheme, Language } from '@fefaent/contracts/common';
import { type Notification, NotificationKind, State } from '@fefaent/contracts/notification';
import { describe, expect, it } from 'vitest';
import { renderPart } from './render.ts';
import { sampleNotification } from './sample.ts';
import { type View, viewOf } from './view.ts';

const practised: Notification = {
	...sampleNotification,
	state: State.ACCEPTED,
	practisedAt: new Date('2026-07-01T10:00:00Z'),
	practisedBy: { actor: 'issuer', recipientIndex: 1, natural: undefined, legal: undefined },
};

function view(notification: Notification, recipientIndex: number): View {
	const evidences = { deposit: '<deposit/>', practise: '<practise/>' };
	const accessUrl = 'https://seu.example.org';
	return viewOf({ notification, recipientIndex, language: Language.CA, zone: 'Europe/Madrid', evidences, accessUrl });
}

const digest = Buffer.alloc(32).toString('base64');

/** The table of the eNotumLite contract, section 11, and what we add to it. */
const variables: readonly [string, string][] = [
	['{{notificacio.idNotificacioEmissor}}', 'EXP-2026-0001'],
	['{{notificacio.referencia}}', 'X2026/000123'],
	['{{notificacio.titol}}', "Resolució de la sol·licitud d'ajut"],
	['{{notificacio.diesExpiracio}}', '10'],
	['{{notificacio.idioma}}', 'ca'],
	['{{notificacio.cosNotificacio}}', sampleNotification.draft?.body ?? ''],
	['{{notificacio.peuRecurs}}', sampleNotification.draft?.appealFooter ?? ''],
	['{{notificacio.tipusNotificacio}}', 'NOTIFICACIO'],
	['{{notificacio.estat}}', 'ACCEPTADA'],
	['{{notificacio.enviarAvis}}', 'true'],
	['{{notificacio.enviarRecordatori}}', 'true'],
	['{{notificacio.dataCreacio}}', '2026-01-12T09:30:00+01:00'],
	['{{notificacio.dataDiposit}}', '2026-01-12T09:30:05+01:00'],
	['{{notificacio.dataPracticar}}', '2026-07-01T12:00:00+02:00'],
	['{{notificacio.emissor.codi}}', '0801930008'],
	['{{notificacio.emissor.descripcio}}', 'Ajuntament de Mostra'],
	['{{#notificacio.documents}}{{nom}} {{digest}}{{/notificacio.documents}}', `resolucio.pdf ${digest}`],
	['{{#notificacio.documents}}{{algoritme}} {{digestAlgorithm}} {{tipus}}{{/notificacio.documents}}', 'SHA-256 SHA-256 Resolució'],
	['{{#notificacio.destinataris}}{{idioma}} {{/notificacio.destinataris}}', 'ca es '],
	[
		'{{#notificacio.destinataris}}{{nom}}: {{#telefons}}{{telefon}}{{/telefons}}. {{/notificacio.destinataris}}',
		'Maria: +34600000000. Empresa de Mostra, SA: +34600000001. ',
	],
	['{{#notificacio.destinataris.telefons}}{{telefon}} {{/notificacio.destinataris.telefons}}', '+34600000000 +34600000001 '],
	[
		'{{#notificacio.destinataris.busties}}{{email}} {{/notificacio.destinataris.busties}}',
		'maria.puig@example.org administracio@example.org ',
	],
	['{{#notificacio.destinataris.practicada}}{{practicada}}{{/notificacio.destinataris.practicada}}', 'true'],
	['{{#notificacio.destinataris}}{{practicada}} {{/notificacio.destinataris}}', 'false true '],
	['{{notificacio.evidenciaDiposit.evidencia}}', '<deposit/>'],
	['{{notificacio.evidenciaPracticar.evidencia}}', '<practise/>'],
	['{{destinatari.idioma}}', 'ca'],
	['{{destinatari.nom}}', 'Maria'],
	['{{destinatari.practicada}}', 'false'],
	['{{#destinatari.telefons}}{{telefon}}{{/destinatari.telefons}}', '+34600000000'],
	['{{#destinatari.busties}}{{email}}{{/destinatari.busties}}', 'maria.puig@example.org'],
	['{{#destinatari.raoSocial}}empresa{{/destinatari.raoSocial}}{{^destinatari.raoSocial}}persona{{/destinatari.raoSocial}}', 'persona'],
	['{{destinatari.primerCognom}} {{destinatari.segonCognom}}', 'Puig Soler'],
	['{{destinatari.nomComplet}} {{destinatari.documentIdentificatiu}}', 'Maria Puig Soler 12345678Z'],
	['{{notificacio.idNotificacio}} {{notificacio.id}} {{notificacio.iun}}', '1 1 SAMP-LEXX-XXXX-202601-X-1'],
	['{{notificacio.dataExpiracio}}', '2026-01-22T09:30:05+01:00'],
	['{{notificacio.dataExpiracioText}}', '22 de gener del 2026, a les 9:30'],
	['{{notificacio.dataExpiracioBreu}}', '22/01/2026'],
	['{{notificacio.dataDipositText}}', '12 de gener del 2026, a les 9:30'],
	['{{notificacio.dataPracticarText}}', '1 de juliol del 2026, a les 12:00'],
	['{{notificacio.titolBreu}} {{notificacio.referenciaBreu}}', "Resolució de la sol·licitud d'ajut X2026/000123"],
	['{{notificacio.emissor.descripcioBreu}}', 'Ajuntament de Mostra'],
	['{{^notificacio.esComunicacio}}N{{/notificacio.esComunicacio}}', 'N'],
	['{{plataforma.adreca}}', 'https://seu.example.org'],
];

describe('viewOf', () => {
	it.each(variables)('%s', (source, expected) => {
		expect(renderPart(source, view(practised, 0), 'none')).toBe(expected);
	});

	it('tells a legal person from a natural one', () => {
		const source =
			'{{#destinatari.raoSocial}}{{destinatari.raoSocial}}{{/destinatari.raoSocial}}{{^destinatari.raoSocial}}persona{{/destinatari.raoSocial}}';
		expect(renderPart(source, view(practised, 1), 'none')).toBe('Empresa de Mostra, SA');
	});

	it('names a collective', () => {
		const identity = { scheme: IdentityScheme.OTHER, value: 'C1' };
		const draft = sampleNotification.draft;
		if (!draft) throw new Error('the sample has a draft');
		const collective = {
			party: { $case: 'collective', value: { identity, name: 'Veïns' } },
			emails: [],
			phones: [],
			language: Language.CA,
		} as const;
		const notification = { ...sampleNotification, draft: { ...draft, recipients: [{ ...collective, emails: [], phones: [] }] } };
		expect(renderPart('{{destinatari.nom}}{{destinatari.raoSocial}}', view(notification, 0), 'none')).toBe('Veïns');
	});

	it('leaves out what is not known', () => {
		const bare: Notification = { ...sampleNotification, depositedAt: undefined, state: State.ENTERED };
		const none = viewOf({ notification: bare, recipientIndex: 0, language: Language.EN, zone: 'UTC' });
		const source =
			'[{{notificacio.dataDiposit}}{{notificacio.dataExpiracio}}{{notificacio.evidenciaDiposit.evidencia}}{{plataforma.adreca}}]';
		expect(renderPart(source, none, 'none')).toBe('[]');
	});

	it('says when it is a communication', () => {
		const draft = sampleNotification.draft;
		if (!draft) throw new Error('the sample has a draft');
		const communication = { ...sampleNotification, draft: { ...draft, kind: NotificationKind.COMMUNICATION } };
		expect(renderPart('{{notificacio.tipusNotificacio}}', view(communication, 0), 'none')).toBe('COMUNICACIO');
	});

	it('counts days of expiry at the same time of day over a change of the clocks', () => {
		const spring = { ...sampleNotification, depositedAt: new Date('2026-03-25T08:30:00Z') };
		expect(renderPart('{{notificacio.dataExpiracio}}', view(spring, 0), 'none')).toBe('2026-04-04T09:30:00+02:00');
	});
});

import { IdentityScheme, Language } from '@fefaent/contracts/common';
import {
	Dialect,
	DigestAlgorithm,
	DocumentKind,
	EvidenceForm,
	type Notification,
	NotificationKind,
	State,
} from '@fefaent/contracts/notification';
import type { WrittenLanguage } from './language.ts';
import { type View, viewOf } from './view.ts';

/** A made-up notification with every field set: what previews show, and what names in templates are checked against. */
export const sampleNotification: Notification = {
	id: 1,
	iun: 'SAMP-LEXX-XXXX-202601-X-1',
	version: 1,
	draft: {
		issuer: { code: '0801930008', name: 'Ajuntament de Mostra' },
		issuerReference: 'EXP-2026-0001',
		kind: NotificationKind.NOTIFICATION,
		title: "Resolució de la sol·licitud d'ajut",
		reference: 'X2026/000123',
		createdAtGiven: '2026-01-12T09:30:00+01:00',
		expiryDays: 10,
		language: Language.CA,
		body: 'Us notifiquem la resolució adoptada en relació amb la vostra sol·licitud.',
		appealFooter: 'Contra aquesta resolució podeu interposar recurs potestatiu de reposició en el termini d’un mes.',
		firstNotice: true,
		reminder: true,
		recipients: [
			{
				party: {
					$case: 'natural',
					value: {
						identity: { scheme: IdentityScheme.NIF, value: '12345678Z' },
						givenName: 'Maria',
						firstSurname: 'Puig',
						secondSurname: 'Soler',
					},
				},
				emails: ['maria.puig@example.org'],
				phones: ['+34600000000'],
				language: Language.CA,
			},
			{
				party: {
					$case: 'legal',
					value: {
						identity: { scheme: IdentityScheme.CIF, value: 'A58818501' },
						legalName: 'Empresa de Mostra, SA',
						representative: undefined,
					},
				},
				emails: ['administracio@example.org'],
				phones: ['+34600000001'],
				language: Language.ES,
			},
		],
		documents: [
			{
				name: 'resolucio.pdf',
				algorithm: DigestAlgorithm.SHA256,
				digest: new Uint8Array(32),
				kind: DocumentKind.RESOLUTION,
				algorithmGiven: true,
			},
		],
		dialect: Dialect.ENOTUMLITE_HEAD,
		evidenceForm: EvidenceForm.HEAD,
		defaulted: [],
	},
	state: State.DEPOSITED,
	claim: undefined,
	receivedAt: new Date('2026-01-12T08:30:00Z'),
	depositedAt: new Date('2026-01-12T08:30:05Z'),
	practisedAt: undefined,
	practisedBy: undefined,
	evidences: [],
	timeline: [],
	failure: '',
	exported: undefined,
};

/** What stands for an evidence in samples. */
export const sampleEvidence = '<EvidenciaNotificacio/>';

/** A view with every variable set, whichever the recipient's kind: a name that it lacks stands for nothing. */
export function everyVariable(language: WrittenLanguage): View {
	const notification = {
		...sampleNotification,
		practisedAt: new Date('2026-01-14T10:00:00Z'),
		practisedBy: { actor: 'issuer', recipientIndex: 0, natural: undefined, legal: undefined },
	};
	const view = viewOf({
		notification,
		recipientIndex: 0,
		language,
		zone: 'Europe/Madrid',
		evidences: { deposit: sampleEvidence, practise: sampleEvidence },
		accessUrl: 'https://example.org',
	});
	// A natural person has no registered name: lend it one.
	Object.assign(view.destinatari as object, { raoSocial: 'Empresa de Mostra, SA' });
	return view;
}

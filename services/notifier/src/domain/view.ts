import type { Recipient } from '@fefaent/contracts/common';
import { type Document, DocumentKind, type Notification, NotificationKind, State } from '@fefaent/contracts/notification';
import { languageCode, languageOf, type WrittenLanguage } from './language.ts';
import { daysAfter, type ViewDate, viewDate } from './view-dates.ts';

/** What a view is made from. */
export interface ViewSource {
	readonly notification: Notification;
	readonly recipientIndex: number;
	/** The language that dates are told in. */
	readonly language: WrittenLanguage;
	/** Time zone of dates. */
	readonly zone: string;
	/** Sealed documents, where the template wants them. */
	readonly evidences?: { readonly deposit?: string | undefined; readonly practise?: string | undefined };
	/** Where recipients collect their notifications. */
	readonly accessUrl?: string | undefined;
}

/** What templates see: records without prototype, lists and plain values. */
export type View = { readonly [name: string]: unknown };

/**
 * Every variable of the eNotumLite contract (section 11), and more: texts for people beside ISO dates, brief forms for SMS, whole names. The names
 * are the dialect's. The contract names lists under the list of recipients (`notificacio.destinataris.telefons`): those hold everybody's.
 */
export function viewOf(source: ViewSource): View {
	const { notification, recipientIndex } = source;
	const draft = notification.draft;
	const recipients = (draft?.recipients ?? []).map((one, index) => recipientView(one, notification, index));
	const date = (at: Date | undefined): ViewDate | undefined => at && viewDate(at, source.zone, source.language);
	const { depositedAt } = notification;
	const created = date(notification.receivedAt);
	const deposited = date(depositedAt);
	const practised = date(notification.practisedAt);
	const days = draft?.expiryDays ?? 0;
	const expires = date(depositedAt && days > 0 ? daysAfter(depositedAt, days, source.zone) : undefined);
	return record({
		notificacio: record({
			id: notification.id,
			idNotificacio: notification.id,
			iun: notification.iun,
			idNotificacioEmissor: draft?.issuerReference,
			referencia: draft?.reference,
			referenciaBreu: brief(draft?.reference, 30),
			titol: draft?.title,
			titolBreu: brief(draft?.title, 40),
			diesExpiracio: days || undefined,
			idioma: languageCode(draft?.language ?? source.language),
			cosNotificacio: draft?.body,
			peuRecurs: draft?.appealFooter,
			tipusNotificacio: draft?.kind === NotificationKind.COMMUNICATION ? 'COMUNICACIO' : 'NOTIFICACIO',
			esComunicacio: draft?.kind === NotificationKind.COMMUNICATION,
			estat: states[notification.state] ?? '',
			enviarAvis: draft?.firstNotice ?? false,
			enviarRecordatori: draft?.reminder ?? false,
			dataCreacio: draft?.createdAtGiven || created?.iso,
			dataDiposit: deposited?.iso,
			dataDipositText: deposited?.text,
			dataPracticar: practised?.iso,
			dataPracticarText: practised?.text,
			dataExpiracio: expires?.iso,
			dataExpiracioText: expires?.text,
			dataExpiracioBreu: expires?.brief,
			emissor: record({
				codi: draft?.issuer?.code,
				descripcio: draft?.issuer?.name || draft?.issuer?.code,
				descripcioBreu: brief(draft?.issuer?.name || draft?.issuer?.code, 30),
			}),
			documents: list((draft?.documents ?? []).map(documentView)),
			destinataris: everybody(recipients),
			evidenciaDiposit: evidenceView(source.evidences?.deposit),
			evidenciaPracticar: evidenceView(source.evidences?.practise),
		}),
		destinatari: recipients[recipientIndex],
		plataforma: record({ adreca: source.accessUrl }),
	});
}

const states: Readonly<Partial<Record<Notification['state'], string>>> = {
	[State.ENTERED]: 'ENTRADA',
	[State.DEPOSITED]: 'DIPOSITADA',
	[State.ACCEPTED]: 'ACCEPTADA',
	[State.REJECTED]: 'REBUTJADA',
	[State.EXPIRED]: 'EXPIRADA',
	[State.FAILED]: 'ERROR',
	[State.DISCARDED]: 'DESCARTADA',
};

function recipientView(recipient: Recipient, notification: Notification, index: number): View {
	return record({
		idioma: languageCode(languageOf(recipient.language, notification.draft?.language)),
		...partyView(recipient),
		telefons: list(recipient.phones.map((telefon) => record({ telefon }))),
		busties: list(recipient.emails.map((email) => record({ email }))),
		practicada: hasPractised(notification, index),
	});
}

/** Whether a recipient accepted or rejected the notification; with one recipient nobody else can have. */
function hasPractised({ practisedBy, draft }: Notification, index: number): boolean {
	if (practisedBy === undefined) return false;
	return (practisedBy.recipientIndex ?? (draft?.recipients.length === 1 ? 0 : undefined)) === index;
}

function partyView({ party }: Recipient): Readonly<Record<string, unknown>> {
	switch (party?.$case) {
		case 'natural': {
			const { identity, givenName, firstSurname, secondSurname } = party.value;
			const nomComplet = [givenName, firstSurname, secondSurname].filter(Boolean).join(' ');
			return { nom: givenName, primerCognom: firstSurname, segonCognom: secondSurname, nomComplet, documentIdentificatiu: identity?.value };
		}
		case 'legal': {
			const { identity, legalName } = party.value;
			return { nom: legalName, raoSocial: legalName, nomComplet: legalName, documentIdentificatiu: identity?.value };
		}
		case 'collective':
			return { nom: party.value.name, nomComplet: party.value.name, documentIdentificatiu: party.value.identity?.value };
		default:
			return {};
	}
}

function documentView({ name, digest, algorithm, kind }: Document): View {
	const algoritme = algorithm.replace(/^DIGEST_ALGORITHM_SHA/, 'SHA-');
	return record({
		nom: name,
		digest: Buffer.from(digest).toString('base64'),
		algoritme,
		digestAlgorithm: algoritme,
		tipus: kind === DocumentKind.ANNEX ? 'Annex' : 'Resolució',
	});
}

function evidenceView(xml: string | undefined): View | undefined {
	return xml === undefined ? undefined : record({ evidencia: xml });
}

/** The list of recipients, which also answers for what all of them have. */
function everybody(recipients: readonly View[]): readonly View[] {
	const all = (name: string): readonly View[] => list(recipients.flatMap((one) => one[name] as readonly View[]));
	return Object.assign(list(recipients), {
		telefons: all('telefons'),
		busties: all('busties'),
		practicada: list(recipients.filter((one) => one.practicada === true).map(() => record({ practicada: true }))),
	});
}

function brief(text: string | undefined, length: number): string | undefined {
	const signs = [...(text ?? '')];
	return signs.length <= length
		? text
		: `${signs
				.slice(0, length - 3)
				.join('')
				.trimEnd()}...`;
}

function record(values: Readonly<Record<string, unknown>>): View {
	return Object.assign(Object.create(null), values);
}

/** A list whose names are its items' only: no methods. */
function list(items: readonly View[]): readonly View[] {
	return Object.setPrototypeOf([...items], null);
}

// eNotumLite requests as an integrator writes them: by hand, not by the product's own writer.
import { createHash } from 'node:crypto';

/** Namespace of every eNotumLite request and answer. */
export const ns = 'http://www.aoc.cat/eNotum';

/** A NIF with its right control letter. @param n 0 to 99,999,999 */
export function nif(n: number): string {
	return `${String(n).padStart(8, '0')}${'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]}`;
}

/** What a test may choose of a notification; the rest is filled in. */
export interface NotificationChoice {
	readonly issuerReference?: string;
	readonly nif?: string;
	readonly title?: string;
	readonly kind?: 'NOTIFICACIO' | 'COMUNICACIO';
	readonly expiryDays?: number;
	readonly emails?: readonly string[];
	readonly phones?: readonly string[];
	readonly firstNotice?: boolean;
	readonly reminder?: boolean;
	readonly recipients?: string;
	readonly documents?: string;
	/** The covering letter. */
	readonly letter?: string;
}

/** A natural person as recipient. */
export function naturalPerson(choice: Pick<NotificationChoice, 'nif' | 'emails' | 'phones'> = {}): string {
	const { nif: number = nif(12_345_678), emails = ['maria@example.cat'], phones = ['600123456'] } = choice;
	return `<Destinatari><PersonaFisica>${emails.map((one) => `<BustiaCorreu>${one}</BustiaCorreu>`).join('')}${phones
		.map((one) => `<Telefon>${one}</Telefon>`)
		.join(
			'',
		)}<DocumentIdentificatiu><NIF>${number}</NIF></DocumentIdentificatiu><Nom>Maria</Nom><PrimerCognom>Puig</PrimerCognom></PersonaFisica><Idioma>ca</Idioma></Destinatari>`;
}

/** One document with a right SHA-256 digest. */
export function document(name = 'resolucio.pdf'): string {
	const digest = createHash('sha256').update(name).digest('base64');
	return `<Document><Nom>${name}</Nom><DigestDocument digestAlgorithm="SHA-256">${digest}</DigestDocument><Tipus>Resolució</Tipus></Document>`;
}

/** One `Notificacio` element. */
export function notificacio(choice: NotificationChoice = {}): string {
	return `<Notificacio><Titol>${choice.title ?? 'Resolució de beca'}</Titol><Referencia>EXP-2026-1</Referencia>${
		choice.issuerReference === undefined ? '' : `<IdNotificacioEmissor>${choice.issuerReference}</IdNotificacioEmissor>`
	}<TipusObjecte>${choice.kind ?? 'NOTIFICACIO'}</TipusObjecte><DiesExpiracio>${choice.expiryDays ?? 10}</DiesExpiracio><Destinataris>${
		choice.recipients ?? naturalPerson(choice)
	}</Destinataris><DadesAvisos><PrimerAvis>${choice.firstNotice ?? true}</PrimerAvis><RepeticioAvis>${
		choice.reminder ?? false
	}</RepeticioAvis></DadesAvisos>${choice.letter === undefined ? '' : `<DadesOfici><CosNotificacio>${choice.letter}</CosNotificacio></DadesOfici>`}<Documents>${choice.documents ?? document()}</Documents></Notificacio>`;
}

/** `PeticioCrearNotificacio` of the seed dialect. */
export function createRequest(items: readonly NotificationChoice[], issuer = 'DEMO'): string {
	return `<PeticioCrearNotificacio xmlns="${ns}"><Emissor>${issuer}</Emissor>${items.map(notificacio).join('')}</PeticioCrearNotificacio>`;
}

/** `PeticioConsulta`. */
export function consultRequest(ids: readonly (number | string)[], issuer = 'DEMO'): string {
	return `<PeticioConsulta xmlns="${ns}"><Emissor>${issuer}</Emissor>${idElements(ids)}</PeticioConsulta>`;
}

/** `PeticioCancelar`. */
export function cancelRequest(ids: readonly (number | string)[], issuer = 'DEMO'): string {
	return `<PeticioCancelar xmlns="${ns}"><Emissor>${issuer}</Emissor>${idElements(ids)}</PeticioCancelar>`;
}

/** `PeticioPracticar`: without a document the only recipient decides. */
export function practiseRequest(
	items: readonly { readonly id: number | string; readonly decision: 'ACCEPTAR' | 'REBUTJAR'; readonly nif?: string | undefined }[],
	issuer = 'DEMO',
): string {
	const inner = items.map(
		({ id, decision, nif: number }) =>
			`<PracticarNotificacio><IdNotificacio>${id}</IdNotificacio><Decisio>${decision}</Decisio>${
				number === undefined ? '' : `<DocumentPersonaFisica><NIF>${number}</NIF></DocumentPersonaFisica>`
			}</PracticarNotificacio>`,
	);
	return `<PeticioPracticar xmlns="${ns}"><Emissor>${issuer}</Emissor>${inner.join('')}</PeticioPracticar>`;
}

/** A SOAP 1.1 envelope around a request. */
export function envelope(body: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

function idElements(ids: readonly (number | string)[]): string {
	return ids.map((id) => `<IdNotificacio>${id}</IdNotificacio>`).join('');
}

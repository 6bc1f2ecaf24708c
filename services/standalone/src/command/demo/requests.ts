import { createHash } from 'node:crypto';
import { el, type XmlMarkup } from '@fefaent/xml';

/** Namespace of eNotumLite. */
export const enotumNs = 'http://www.aoc.cat/eNotum';
/** Namespace of SOAP 1.1. */
export const soapNs = 'http://schemas.xmlsoap.org/soap/envelope/';

/** What the demo notifies. */
export interface DemoNotification {
	readonly issuer: string;
	readonly title: string;
	/** The issuer's own id, unique. */
	readonly issuerReference: string;
	readonly expiryDays: number;
	readonly email: string;
}

/** Puts a request or an answer into a SOAP 1.1 envelope. */
export function envelope(body: XmlMarkup): string {
	return `<?xml version="1.0" encoding="UTF-8"?>${el('soapenv:Envelope', { 'xmlns:soapenv': soapNs }, el('soapenv:Body', {}, body)).markup}`;
}

/** `PeticioCrearNotificacio`: one notification to one person, with one document, who is told by e-mail and SMS. */
export function createRequest({ issuer, title, issuerReference, expiryDays, email }: DemoNotification): XmlMarkup {
	// What is notified stays with the issuer: the platform gets its digest.
	const digest = createHash('sha256').update(`Text of ${issuerReference}`).digest('base64');
	const person = el(
		'PersonaFisica',
		{},
		el('BustiaCorreu', {}, email),
		el('Telefon', {}, '600123456'),
		el('DocumentIdentificatiu', {}, el('NIF', {}, '12345678Z')),
		el('Nom', {}, 'Maria'),
		el('PrimerCognom', {}, 'Puig'),
	);
	return el(
		'PeticioCrearNotificacio',
		{ xmlns: enotumNs },
		el('Emissor', {}, issuer),
		el(
			'Notificacio',
			{},
			el('Titol', {}, title),
			el('Referencia', {}, 'EXP-DEMO'),
			el('IdNotificacioEmissor', {}, issuerReference),
			el('TipusObjecte', {}, 'NOTIFICACIO'),
			el('DiesExpiracio', {}, expiryDays),
			el('Destinataris', {}, el('Destinatari', {}, person, el('Idioma', {}, 'ca'))),
			el('DadesAvisos', {}, el('PrimerAvis', {}, 'true'), el('RepeticioAvis', {}, 'true')),
			el(
				'Documents',
				{},
				el(
					'Document',
					{},
					el('Nom', {}, 'resolucio.pdf'),
					el('DigestDocument', { digestAlgorithm: 'SHA-256' }, digest),
					el('Tipus', {}, 'Resolució'),
				),
			),
		),
	);
}

/** `PeticioPracticar`: its only recipient accepts. */
export function acceptRequest(issuer: string, id: number): XmlMarkup {
	return el(
		'PeticioPracticar',
		{ xmlns: enotumNs },
		el('Emissor', {}, issuer),
		el('PracticarNotificacio', {}, el('IdNotificacio', {}, id), el('Decisio', {}, 'ACCEPTAR')),
	);
}

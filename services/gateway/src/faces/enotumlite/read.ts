import { checkIdentity, type IdentityScheme } from '@fefaent/identity';
import { attributeOf, childOf, childrenOf, textOf, type XmlElement } from '@fefaent/xml';
import { ContractError } from './errors.ts';
import { collapsed, decodeBase64 } from './lexical.ts';
import type { WireDecision, WireDocument, WireIdentity, WireNotification, WireParty, WirePerson, WireRecipient } from './wire.ts';

/** Identity elements by name. */
const schemes: Readonly<Record<string, IdentityScheme>> = {
	NIF: 'NIF',
	PASSAPORT: 'PASSPORT',
	CIF: 'CIF',
	VAT: 'VAT',
	Identificador: 'OTHER',
};

/** Reads a `Notificacio` whose structure the schema has found right. @throws ContractError ERR_01 for a digest that is no base64 */
export function readNotification(element: XmlElement): WireNotification {
	const letter = childOf(element, 'DadesOfici');
	const notices = childOf(element, 'DadesAvisos');
	return {
		title: required(element, 'Titol').text,
		reference: required(element, 'Referencia').text,
		issuerReference: textOf(element, 'IdNotificacioEmissor'),
		kind: required(element, 'TipusObjecte').text,
		createdAt: collapsedIn(element, 'DataCreacio'),
		expiryDays: collapsedIn(element, 'DiesExpiracio'),
		language: textOf(element, 'Idioma'),
		body: letter && textOf(letter, 'CosNotificacio'),
		appealFooter: letter && textOf(letter, 'PeuRecurs'),
		notices: notices && {
			first: collapsed(required(notices, 'PrimerAvis').text),
			reminder: collapsed(required(notices, 'RepeticioAvis').text),
		},
		recipients: required(element, 'Destinataris').children.map(readRecipient),
		documents: required(element, 'Documents').children.map(readDocument),
	};
}

/** Reads a `PracticarNotificacio` whose structure the schema has found right. */
export function readDecision(element: XmlElement): WireDecision {
	const natural = childOf(element, 'DocumentPersonaFisica');
	const legal = childOf(element, 'DocumentPersonaJuridica');
	return {
		id: required(element, 'IdNotificacio').text,
		decision: required(element, 'Decisio').text,
		natural: natural && readIdentity(natural),
		legal: legal && readIdentity(legal),
	};
}

function readRecipient(element: XmlElement): WireRecipient {
	const [person] = element.children;
	if (!person) throw misread(element.name);
	return {
		party: readParty(person),
		emails: childrenOf(person, 'BustiaCorreu').map((one) => one.text),
		phones: childrenOf(person, 'Telefon').map((one) => one.text),
		language: textOf(element, 'Idioma'),
	};
}

function readParty(element: XmlElement): WireParty {
	switch (element.name) {
		case 'PersonaFisica':
			return { kind: 'natural', ...readPerson(element) };
		case 'PersonaJuridica': {
			const bound = childOf(element, 'PersonaVinculada');
			return {
				kind: 'legal',
				identity: readIdentity(required(element, 'DocumentIdentificatiu')),
				legalName: required(element, 'RaoSocial').text,
				bound: bound && readPerson(bound),
			};
		}
		case 'Colectiu':
			return { kind: 'collective', identity: identityOf(required(element, 'Identificador')), name: required(element, 'Nom').text };
		default:
			throw misread(element.name);
	}
}

function readPerson(element: XmlElement): WirePerson {
	return {
		identity: readIdentity(required(element, 'DocumentIdentificatiu')),
		givenName: required(element, 'Nom').text,
		firstSurname: required(element, 'PrimerCognom').text,
		secondSurname: textOf(element, 'SegonCognom'),
	};
}

/** The one document inside a choice of them. */
function readIdentity(choice: XmlElement): WireIdentity {
	const [document] = choice.children;
	if (!document) throw misread(choice.name);
	return identityOf(document);
}

function identityOf(document: XmlElement): WireIdentity {
	const scheme = schemes[document.name];
	if (!scheme) throw misread(document.name);
	return { scheme, field: document.name, value: document.text, check: checkIdentity(scheme, document.text) };
}

function readDocument(element: XmlElement): WireDocument {
	const digest = required(element, 'DigestDocument');
	const bytes = decodeBase64(digest.text);
	if (!bytes) throw new ContractError('ERR_01', 'El camp DigestDocument no és base64.');
	return {
		name: required(element, 'Nom').text,
		digest: bytes,
		algorithm: attributeOf(digest, 'digestAlgorithm'),
		kind: required(element, 'Tipus').text,
	};
}

function collapsedIn(parent: XmlElement, name: string): string | undefined {
	const text = textOf(parent, name);
	return text === undefined ? undefined : collapsed(text);
}

function required(parent: XmlElement, name: string): XmlElement {
	const child = childOf(parent, name);
	if (!child) throw misread(name);
	return child;
}

/** Only if a schema let through what it should not. */
function misread(name: string): ContractError {
	return new ContractError('ERR_01', `La petició no compleix l’esquema: ${name}.`);
}

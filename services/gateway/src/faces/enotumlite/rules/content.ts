import { type ContractProblem, shown } from '../errors.ts';
import { longerThan } from '../lexical.ts';
import type { WireDocument, WireParty, WirePerson, WireRecipient } from '../wire.ts';
import { first, type Rule } from './rule.ts';

const kinds = ['NOTIFICACIO', 'COMUNICACIO'];
const languages = ['ca', 'es', 'oc', 'en'];
const algorithms = ['SHA-256', 'SHA-384', 'SHA-512'];
const documentKinds = ['Resolució', 'Annex'];
/** `[^@]+@[^\.]+\..+` of the schema; in XSD a dot is anything but the two ends of line. */
const mailbox = /^[^@]+@[^.]+\.[^\n\r]+$/;
/** Least and most days until a notification expires (eNotumLite contract, decision 18). */
const expiryDays = { least: 1n, most: 365n };

/** Longest texts where the contract sets no limit, in UTF-16 units: what the store takes, far above what anybody needs. */
const longest = { name: 10_000, text: 1_000_000, address: 1_000, date: 100 };

/** NOT_02: a text breaks a length, a pattern, an enumeration or a bound. The message names the field and the restriction. */
export const content: Rule = (notification, { dialect }) =>
	maxLength('Titol', notification.title, 100) ??
	maxLength('Referencia', notification.reference, 100) ??
	maxLength('IdNotificacioEmissor', notification.issuerReference ?? '', 50) ??
	oneOf('TipusObjecte', notification.kind, kinds) ??
	sane('DataCreacio', notification.createdAt, longest.date) ??
	expiry(notification.expiryDays) ??
	first(notification.recipients, recipientContent) ??
	language(notification.language) ??
	sane('CosNotificacio', notification.body, longest.text) ??
	sane('PeuRecurs', notification.appealFooter, longest.text) ??
	first(notification.documents, (document) => documentContent(document, dialect === 'head'));

function recipientContent({ emails, phones, language: given, party }: WireRecipient): ContractProblem | undefined {
	return (
		first(emails, (email) => sane('BustiaCorreu', email, longest.address)) ??
		first(emails, (email) => (mailbox.test(email) ? undefined : broken('BustiaCorreu', `format d’adreça electrònica: ${shown(email)}`))) ??
		first(phones, (phone) => sane('Telefon', phone, longest.address)) ??
		partyContent(party) ??
		language(given) ??
		(party.kind === 'collective' && !party.identity.check.ok
			? broken('Identificador', 'no pot ser buit ni passar de 100 caràcters')
			: undefined)
	);
}

function partyContent(party: WireParty): ContractProblem | undefined {
	switch (party.kind) {
		case 'natural':
			return personContent(party);
		case 'legal':
			return (
				sane(party.identity.field, party.identity.value, longest.address) ??
				sane('RaoSocial', party.legalName, longest.name) ??
				(party.bound && personContent(party.bound))
			);
		case 'collective':
			return sane('Nom', party.name, longest.name);
	}
}

function personContent({ identity, givenName, firstSurname, secondSurname }: WirePerson): ContractProblem | undefined {
	return (
		sane(identity.field, identity.value, longest.address) ??
		sane('Nom', givenName, longest.name) ??
		sane('PrimerCognom', firstSurname, longest.name) ??
		sane('SegonCognom', secondSurname, longest.name)
	);
}

function documentContent({ name, algorithm, kind }: WireDocument, bounded: boolean): ContractProblem | undefined {
	return (
		// Only the last published variant bounds it (eNotumLite contract, section 2).
		(bounded ? maxLength('Document/Nom', name, 100) : sane('Document/Nom', name, longest.name)) ??
		(algorithm === undefined ? undefined : oneOf('digestAlgorithm', algorithm, algorithms)) ??
		oneOf('Document/Tipus', kind, documentKinds)
	);
}

function language(given: string | undefined): ContractProblem | undefined {
	return given === undefined || given === '' ? undefined : oneOf('Idioma', given, languages);
}

function expiry(given: string | undefined): ContractProblem | undefined {
	if (given === undefined) return undefined;
	const digits = given.replace(/^\+/, '');
	// More than a few digits are beyond the bound, whatever they say; leading zeros are none of them.
	const short = digits.replace(/^0+(?=\d)/, '');
	const days = /^\d{1,4}$/.test(short) ? BigInt(short) : undefined;
	return days !== undefined && days >= expiryDays.least && days <= expiryDays.most
		? undefined
		: broken('DiesExpiracio', `valor entre ${expiryDays.least} i ${expiryDays.most}`);
}

function maxLength(field: string, value: string, most: number): ContractProblem | undefined {
	return longerThan(value, most) ? broken(field, `longitud màxima de ${most} caràcters`) : undefined;
}

function sane(field: string, value: string | undefined, most: number): ContractProblem | undefined {
	return value !== undefined && value.length > most ? broken(field, `longitud màxima de ${most} caràcters`) : undefined;
}

function oneOf(field: string, value: string, allowed: readonly string[]): ContractProblem | undefined {
	return allowed.includes(value) ? undefined : broken(field, `valors admesos ${allowed.join(', ')}`);
}

function broken(field: string, restriction: string): ContractProblem {
	return { code: 'NOT_02', message: `El camp ${field} no compleix la restricció: ${restriction}` };
}

import { type Identity, IdentityScheme, Language, type NaturalPerson, type Recipient } from '@fefaent/contracts/common';
import type { Author } from '@fefaent/contracts/notification';
import type { EvidenceFacts } from './facts.ts';
import { type EvidenceNode, group, text } from './node.ts';
import { documentList, notificationData } from './parts.ts';

/** Children of the evidence as last published (eNotumLite contract, section 10, HEAD). */
export function headForm(facts: EvidenceFacts): EvidenceNode[] {
	return [
		notificationData(facts),
		documentList(facts.draft.documents),
		group('Destinataris', facts.draft.recipients.map(recipientData)),
		signatory(facts.author),
		text('MotiuEvidencia', facts.motive),
	];
}

const schemeNames: Readonly<Partial<Record<IdentityScheme, string>>> = {
	[IdentityScheme.NIF]: 'NIF',
	[IdentityScheme.PASSPORT]: 'PASSAPORT',
	[IdentityScheme.CIF]: 'CIF',
	[IdentityScheme.VAT]: 'VAT',
	[IdentityScheme.OTHER]: 'Identificador',
};

const languages: Readonly<Partial<Record<Language, string>>> = {
	[Language.CA]: 'ca',
	[Language.ES]: 'es',
	[Language.OC]: 'oc',
	[Language.EN]: 'en',
};

function recipientData(recipient: Recipient): EvidenceNode {
	const language = languages[recipient.language];
	return group('Destinatari', party(recipient), language === undefined ? undefined : text('Idioma', language));
}

function party({ party: who, emails, phones }: Recipient): EvidenceNode | undefined {
	const reach = [...emails.map((one) => text('BustiaCorreu', one)), ...phones.map((one) => text('Telefon', one))];
	switch (who?.$case) {
		case 'natural':
			return group('PersonaFisica', reach, personData(who.value));
		case 'legal': {
			const { identity, legalName, representative } = who.value;
			const bound = representative && group('PersonaVinculada', personData(representative));
			return group('PersonaJuridica', reach, document('DocumentIdentificatiu', identity), text('RaoSocial', legalName), bound);
		}
		case 'collective':
			return group('Colectiu', reach, text('Identificador', who.value.identity?.value ?? ''), text('Nom', who.value.name));
		default:
			return undefined;
	}
}

function personData(person: NaturalPerson): EvidenceNode[] {
	const names = [
		document('DocumentIdentificatiu', person.identity),
		text('Nom', person.givenName),
		text('PrimerCognom', person.firstSurname),
	];
	return person.secondSurname === undefined ? names : [...names, text('SegonCognom', person.secondSurname)];
}

/** Who decided: empty for what the engine decides, such as a deposit or an expiry. */
function signatory(author: Author | undefined): EvidenceNode {
	return group(
		'Signatari',
		author?.natural && document('DocumentPersonaFisica', author.natural),
		author?.legal && document('DocumentPersonaJuridica', author.legal),
	);
}

function document(name: string, identity: Identity | undefined): EvidenceNode {
	const scheme = identity && schemeNames[identity.scheme];
	return group(name, scheme === undefined ? undefined : text(scheme, identity?.value ?? ''));
}

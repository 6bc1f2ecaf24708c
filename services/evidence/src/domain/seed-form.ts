import { type Identity, IdentityScheme, type NaturalPerson, type Recipient } from '@fefaent/contracts/common';
import type { EvidenceFacts } from './facts.ts';
import { type EvidenceNode, group, text } from './node.ts';
import { documentList, notificationData } from './parts.ts';

/** Children of the evidence as first published (eNotumLite contract, section 10, seed). */
export function seedForm(facts: EvidenceFacts): EvidenceNode[] {
	return [
		notificationData(facts),
		documentList(facts.draft.documents),
		group('DadesDestinataris', facts.draft.recipients.map(recipientData)),
		text('MotiuEvidencia', facts.motive),
	];
}

/** Every element but the identities is required and single: empty where there is nothing to say, the first where there are several. */
function recipientData(recipient: Recipient): EvidenceNode {
	const { company, person, givenName } = partsOf(recipient);
	return group(
		'Destinatari',
		company && identity(company.identity, { [IdentityScheme.CIF]: 'CIF', [IdentityScheme.VAT]: 'VAT' }),
		// `PASSPORT` here, `PASSAPORT` in requests: so the contract has it.
		person && identity(person.identity, { [IdentityScheme.NIF]: 'NIF', [IdentityScheme.PASSPORT]: 'PASSPORT' }),
		text('Nom', givenName),
		text('PrimerCognom', person?.firstSurname ?? ''),
		text('SegonCognom', person?.secondSurname ?? ''),
		text('RaoSocial', company?.legalName ?? ''),
		text('Email', recipient.emails[0] ?? ''),
		text('Telefon', recipient.phones[0] ?? ''),
	);
}

interface Parts {
	readonly company?: { readonly identity: Identity | undefined; readonly legalName: string };
	readonly person?: NaturalPerson;
	readonly givenName: string;
}

/** The person of a company is the one bound to it. A collective, which this form does not know, is told by its name. */
function partsOf({ party }: Recipient): Parts {
	switch (party?.$case) {
		case 'natural':
			return { person: party.value, givenName: party.value.givenName };
		case 'legal': {
			const { representative } = party.value;
			return { company: party.value, givenName: representative?.givenName ?? '', ...(representative ? { person: representative } : {}) };
		}
		case 'collective':
			return { givenName: party.value.name };
		default:
			return { givenName: '' };
	}
}

/** The element of an identity; nothing for a kind that this form has no element for (`Identificador`). */
function identity(given: Identity | undefined, names: Readonly<Partial<Record<IdentityScheme, string>>>): EvidenceNode | undefined {
	const name = given && names[given.scheme];
	return given && name !== undefined ? text(name, given.value) : undefined;
}

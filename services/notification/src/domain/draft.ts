import type { Identity, LegalPerson, NaturalPerson, Recipient } from '@fefaent/contracts/common';
import { DigestAlgorithm, type Document, type Draft } from '@fefaent/contracts/notification';

/** Bytes of a digest by its algorithm. */
const digestBytes: Readonly<Partial<Record<DigestAlgorithm, number>>> = {
	[DigestAlgorithm.SHA256]: 32,
	[DigestAlgorithm.SHA384]: 48,
	[DigestAlgorithm.SHA512]: 64,
};

/**
 * Longest texts, in UTF-16 units: far above what a contract allows or, where a contract sets no limit, what anybody needs, so that a document
 * always stays within what a store takes (16 MB in MongoDB).
 */
const longest = { code: 200, reference: 200, title: 1000, date: 100, body: 1_000_000, name: 10_000, identity: 1000, address: 1000 };

/** Days that an expiry may be away; 0 stands for none. */
const maxExpiryDays = 365;

/**
 * The first field of a draft that is out of bounds, by its path; nothing when all are within. Whether what they say is right is for the dialect's
 * face to check: this only guards the store against a face that forgot to.
 */
export function draftProblem(draft: Draft): string | undefined {
	if (!draft.issuer || !filled(draft.issuer.code, longest.code)) return 'issuer.code';
	if (draft.issuer.name.length > longest.name) return 'issuer.name';
	if (draft.issuerReference.length > longest.reference) return 'issuer_reference';
	if (unnamed(draft.kind)) return 'kind';
	if (draft.title.length > longest.title) return 'title';
	if (draft.reference.length > longest.title) return 'reference';
	if (draft.createdAtGiven.length > longest.date) return 'created_at_given';
	if (!Number.isInteger(draft.expiryDays) || draft.expiryDays < 0 || draft.expiryDays > maxExpiryDays) return 'expiry_days';
	if (unnamed(draft.language)) return 'language';
	if (draft.body.length > longest.body) return 'body';
	if (draft.appealFooter.length > longest.body) return 'appeal_footer';
	if (unnamed(draft.dialect)) return 'dialect';
	if (unnamed(draft.evidenceForm)) return 'evidence_form';
	return problemIn('recipients', draft.recipients, 5, recipientProblem) ?? problemIn('documents', draft.documents, 100, documentProblem);
}

function problemIn<T>(field: string, items: readonly T[], most: number, problem: (item: T) => string | undefined): string | undefined {
	if (items.length < 1 || items.length > most) return field;
	for (const [index, item] of items.entries()) {
		const found = problem(item);
		if (found !== undefined) return `${field}[${index}].${found}`;
	}
	return undefined;
}

function recipientProblem({ party, emails, phones }: Recipient): string | undefined {
	if (emails.length > 3 || !emails.every((email) => filled(email, longest.address))) return 'emails';
	if (phones.length > 3 || !phones.every((phone) => filled(phone, longest.address))) return 'phones';
	switch (party?.$case) {
		case 'natural':
			return naturalProblem(party.value);
		case 'legal':
			return legalProblem(party.value);
		case 'collective':
			return identityProblem(party.value.identity) ?? (party.value.name.length > longest.name ? 'name' : undefined);
		default:
			return 'party';
	}
}

function naturalProblem(person: NaturalPerson): string | undefined {
	const names = [person.givenName, person.firstSurname, person.secondSurname ?? ''];
	return identityProblem(person.identity) ?? (names.some((name) => name.length > longest.name) ? 'name' : undefined);
}

function legalProblem(person: LegalPerson): string | undefined {
	if (person.legalName.length > longest.name) return 'legal_name';
	const bound = person.representative && naturalProblem(person.representative);
	return identityProblem(person.identity) ?? (bound && `representative.${bound}`);
}

/** The path to an identity document that is out of bounds. */
export function identityProblem(identity: Identity | undefined): string | undefined {
	return identity && !unnamed(identity.scheme) && filled(identity.value, longest.identity) ? undefined : 'identity';
}

function documentProblem({ name, algorithm, digest, kind }: Document): string | undefined {
	if (name.length > longest.name) return 'name';
	if (digest.length !== digestBytes[algorithm]) return 'digest';
	return unnamed(kind) ? 'kind' : undefined;
}

function filled(text: string, most: number): boolean {
	return text.length > 0 && text.length <= most;
}

/** Whether an enum has no value that this release knows. */
function unnamed(value: string): boolean {
	return value === 'UNRECOGNIZED' || value.endsWith('_UNSPECIFIED');
}

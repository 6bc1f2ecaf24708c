import type { Identity, NaturalPerson, Recipient } from '@fefaent/contracts/common';
import type { Author, Notification } from '@fefaent/contracts/notification';
import type { z } from 'zod';
import { hex, isoAs, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import type { notification, notificationSummary } from './schemas.ts';

/** Puts a word under a name that is left out where there is none. */
function wordAs<const N extends string, W>(name: N, word: W | undefined): { readonly [K in N]?: W } {
	return word === undefined ? {} : ({ [name]: word } as { readonly [K in N]?: W });
}

function viewIdentity({ scheme, value }: Identity) {
	return { value, ...wordAs('scheme', words.identityScheme.toWord(scheme)) };
}

function identityAs<const N extends string>(name: N, given: Identity | undefined) {
	return wordAs(name, given && viewIdentity(given));
}

function viewPerson(person: NaturalPerson) {
	return {
		...identityAs('identity', person.identity),
		givenName: person.givenName,
		firstSurname: person.firstSurname,
		...textAs('secondSurname', person.secondSurname),
	};
}

function viewRecipient({ party, emails, phones, language }: Recipient) {
	return {
		...(party?.$case === 'natural' && { natural: viewPerson(party.value) }),
		...(party?.$case === 'legal' && {
			legal: {
				...identityAs('identity', party.value.identity),
				legalName: party.value.legalName,
				...wordAs('representative', party.value.representative && viewPerson(party.value.representative)),
			},
		}),
		...(party?.$case === 'collective' && {
			collective: { ...identityAs('identity', party.value.identity), name: party.value.name },
		}),
		emails,
		phones,
		...wordAs('language', words.language.toWord(language)),
	};
}

function viewAuthor({ actor, recipientIndex, natural, legal }: Author) {
	return {
		actor,
		...wordAs('recipientIndex', recipientIndex),
		...identityAs('natural', natural),
		...identityAs('legal', legal),
	};
}

/** A notification as a list shows it. */
export function viewSummary(one: Notification): z.input<typeof notificationSummary> {
	const { draft } = one;
	return {
		id: one.id,
		iun: one.iun,
		issuerCode: draft?.issuer?.code ?? '',
		...textAs('issuerReference', draft?.issuerReference),
		...(draft && wordAs('kind', words.notificationKind.toWord(draft.kind))),
		title: draft?.title ?? '',
		reference: draft?.reference ?? '',
		...wordAs('state', words.state.toWord(one.state)),
		...textAs('failure', one.failure),
		...isoAs('receivedAt', one.receivedAt),
		...isoAs('depositedAt', one.depositedAt),
		...isoAs('practisedAt', one.practisedAt),
	};
}

/** A notification whole. */
export function viewNotification(one: Notification): z.input<typeof notification> {
	const { draft, claim } = one;
	return {
		...viewSummary(one),
		version: one.version,
		issuerName: draft?.issuer?.name ?? '',
		...textAs('createdAtGiven', draft?.createdAtGiven),
		expiryDays: draft?.expiryDays ?? 0,
		...(draft && wordAs('language', words.language.toWord(draft.language))),
		...textAs('body', draft?.body),
		...textAs('appealFooter', draft?.appealFooter),
		firstNotice: draft?.firstNotice ?? false,
		reminder: draft?.reminder ?? false,
		...(draft && wordAs('dialect', words.dialect.toWord(draft.dialect))),
		...(draft && wordAs('evidenceForm', words.evidenceForm.toWord(draft.evidenceForm))),
		recipients: (draft?.recipients ?? []).map(viewRecipient),
		documents: (draft?.documents ?? []).map(({ name, kind, algorithm, digest }) => ({
			name,
			...wordAs('kind', words.documentKind.toWord(kind)),
			...wordAs('algorithm', words.digestAlgorithm.toWord(algorithm)),
			digest: hex(digest),
		})),
		...(claim && {
			pending: {
				...wordAs('transition', words.transition.toWord(claim.transition)),
				...isoAs('decidedAt', claim.decidedAt),
				...wordAs('author', claim.author && viewAuthor(claim.author)),
			},
		}),
		...wordAs('practisedBy', one.practisedBy && viewAuthor(one.practisedBy)),
		evidences: one.evidences.map(({ transition, evidenceId, sha256 }) => ({
			...wordAs('transition', words.transition.toWord(transition)),
			evidenceId,
			sha256: hex(sha256),
		})),
		...isoAs('exportedAt', one.exported?.at),
	};
}

import { type Identity, IdentityScheme, Language, type NaturalPerson, type Recipient } from '@fefaent/contracts/common';
import {
	Dialect,
	DigestAlgorithm,
	type Document,
	DocumentKind,
	type Draft,
	DraftSetting,
	EvidenceForm,
	NotificationKind,
} from '@fefaent/contracts/notification';
import type { Issuer } from '../../directory/types.ts';
import type { DialectName } from './names.ts';
import type { WireDocument, WireIdentity, WireNotification, WirePerson, WireRecipient } from './wire.ts';

const languages: Readonly<Record<string, Language>> = {
	ca: Language.CA,
	es: Language.ES,
	oc: Language.OC,
	en: Language.EN,
};

const schemes: Readonly<Record<WireIdentity['scheme'], IdentityScheme>> = {
	NIF: IdentityScheme.NIF,
	PASSPORT: IdentityScheme.PASSPORT,
	CIF: IdentityScheme.CIF,
	VAT: IdentityScheme.VAT,
	OTHER: IdentityScheme.OTHER,
};

const algorithms: Readonly<Record<string, DigestAlgorithm>> = {
	'SHA-256': DigestAlgorithm.SHA256,
	'SHA-384': DigestAlgorithm.SHA384,
	'SHA-512': DigestAlgorithm.SHA512,
};

const algorithmByLength: Readonly<Record<number, DigestAlgorithm>> = {
	32: DigestAlgorithm.SHA256,
	48: DigestAlgorithm.SHA384,
	64: DigestAlgorithm.SHA512,
};

/** Translates a notification that has passed every rule. The same notification and issuer settings always give the same draft. */
export function toDraft(wire: WireNotification, issuer: Issuer, dialect: DialectName): Draft {
	const firstNotice = noticeGiven(wire.notices?.first, dialect);
	const reminder = noticeGiven(wire.notices?.reminder, dialect);
	return {
		issuer: { code: issuer.code, name: issuer.name },
		issuerReference: wire.issuerReference ?? '',
		kind: wire.kind === 'COMUNICACIO' ? NotificationKind.COMMUNICATION : NotificationKind.NOTIFICATION,
		title: wire.title,
		reference: wire.reference,
		createdAtGiven: wire.createdAt ?? '',
		expiryDays: wire.expiryDays === undefined ? issuer.defaultExpiryDays : Number(wire.expiryDays),
		// Absent or empty is Catalan: the schema's default, which holds for an empty one, taken for an absent one too (section 5.1).
		language: languages[wire.language ?? ''] ?? Language.CA,
		body: wire.body ?? '',
		appealFooter: wire.appealFooter ?? '',
		firstNotice: firstNotice ?? issuer.noticeDefaults.firstNotice,
		reminder: reminder ?? issuer.noticeDefaults.reminder,
		recipients: wire.recipients.map(toRecipient),
		documents: wire.documents.map(toDocument),
		dialect: dialect === 'seed' ? Dialect.ENOTUMLITE_SEED : Dialect.ENOTUMLITE_HEAD,
		evidenceForm: issuer.evidenceForm === 'head' ? EvidenceForm.HEAD : EvidenceForm.SEED,
		defaulted: [
			...(wire.expiryDays === undefined ? [DraftSetting.EXPIRY_DAYS] : []),
			...(firstNotice === undefined ? [DraftSetting.FIRST_NOTICE] : []),
			...(reminder === undefined ? [DraftSetting.REMINDER] : []),
		],
	};
}

/**
 * A notice flag as the request decides it; nothing where the issuer's setting does. Absent: the setting. Present but empty: the schema's default,
 * false in the first variant; the two defaults of the last one contradict each other, so there the setting decides as well (section 2).
 */
function noticeGiven(given: string | undefined, dialect: DialectName): boolean | undefined {
	if (given === undefined) return undefined;
	if (given === '') return dialect === 'head' ? undefined : false;
	return given === 'true' || given === '1';
}

function toRecipient({ party, emails, phones, language }: WireRecipient): Recipient {
	const common = {
		emails: [...emails],
		phones: [...phones],
		// Absent: the notification's language; empty: the schema's default.
		language: language === undefined ? Language.UNSPECIFIED : (languages[language] ?? Language.CA),
	};
	switch (party.kind) {
		case 'natural':
			return { ...common, party: { $case: 'natural', value: toPerson(party) } };
		case 'legal':
			return {
				...common,
				party: {
					$case: 'legal',
					value: { identity: toIdentity(party.identity), legalName: party.legalName, representative: party.bound && toPerson(party.bound) },
				},
			};
		case 'collective':
			return { ...common, party: { $case: 'collective', value: { identity: toIdentity(party.identity), name: party.name } } };
	}
}

function toPerson({ identity, givenName, firstSurname, secondSurname }: WirePerson): NaturalPerson {
	return { identity: toIdentity(identity), givenName, firstSurname, secondSurname };
}

/** An identity document as the core has it: the number as given. */
export function toIdentity({ scheme, value }: WireIdentity): Identity {
	return { scheme: schemes[scheme], value };
}

function toDocument({ name, digest, algorithm, kind }: WireDocument): Document {
	return {
		name,
		algorithm: (algorithm === undefined ? algorithmByLength[digest.byteLength] : algorithms[algorithm]) ?? DigestAlgorithm.UNSPECIFIED,
		digest,
		kind: kind === 'Annex' ? DocumentKind.ANNEX : DocumentKind.RESOLUTION,
		algorithmGiven: algorithm !== undefined,
	};
}

import { Language, type Recipient } from '@fefaent/contracts/common';
import {
	Dialect,
	DigestAlgorithm,
	type Document,
	DocumentKind,
	type Draft,
	EvidenceForm,
	type Notification,
	NotificationKind,
	State,
	Transition,
} from '@fefaent/contracts/notification';

/** Recipients of every kind, with everything that they can have. For tests. */
export const recipients: Readonly<Record<'natural' | 'passport' | 'legal' | 'vat' | 'other' | 'collective', Recipient>> = {
	natural: {
		party: {
			$case: 'natural',
			value: {
				identity: { scheme: 'IDENTITY_SCHEME_NIF', value: '12345678Z' },
				givenName: 'Núria',
				firstSurname: 'Puig & Fills <SL>',
				secondSurname: 'Cadafalch "i" Soler',
			},
		},
		emails: ['nuria@example.org', 'other@example.org'],
		phones: ['600000001', '600000002'],
		language: Language.CA,
	},
	passport: {
		party: {
			$case: 'natural',
			value: { identity: { scheme: 'IDENTITY_SCHEME_PASSPORT', value: 'AB123456' }, givenName: 'Ann', firstSurname: 'Lee' },
		},
		emails: [],
		phones: [],
		language: Language.UNSPECIFIED,
	},
	legal: {
		party: {
			$case: 'legal',
			value: {
				identity: { scheme: 'IDENTITY_SCHEME_CIF', value: 'B12345674' },
				legalName: 'Exemple SL',
				representative: { identity: { scheme: 'IDENTITY_SCHEME_NIF', value: '00000000T' }, givenName: 'Pere', firstSurname: 'Roca' },
			},
		},
		emails: ['sl@example.org'],
		phones: [],
		language: Language.OC,
	},
	vat: {
		party: { $case: 'legal', value: { identity: { scheme: 'IDENTITY_SCHEME_VAT', value: 'FR40303265045' }, legalName: 'Exemple SA' } },
		emails: [],
		phones: ['+33600000001'],
		language: Language.ES,
	},
	other: {
		party: { $case: 'legal', value: { identity: { scheme: 'IDENTITY_SCHEME_OTHER', value: 'FISCALIA-1' }, legalName: 'Fiscalia' } },
		emails: [],
		phones: [],
		language: Language.EN,
	},
	collective: {
		party: { $case: 'collective', value: { identity: { scheme: 'IDENTITY_SCHEME_OTHER', value: 'C-1' }, name: 'Veïns del carrer Major' } },
		emails: ['veins@example.org'],
		phones: [],
		language: Language.UNSPECIFIED,
	},
};

/** Documents that differ in everything. For tests. */
export function documents(count: number): Document[] {
	const kinds = [
		{ algorithm: DigestAlgorithm.SHA256, length: 32 },
		{ algorithm: DigestAlgorithm.SHA384, length: 48 },
		{ algorithm: DigestAlgorithm.SHA512, length: 64 },
	];
	return Array.from({ length: count }, (_, index) => {
		const { algorithm, length } = kinds[index % kinds.length] ?? { algorithm: DigestAlgorithm.SHA256, length: 32 };
		return {
			name: `Document ${index} – a&b<c>.pdf`,
			algorithm,
			digest: new Uint8Array(length).fill(index + 1),
			kind: index === 0 ? DocumentKind.RESOLUTION : DocumentKind.ANNEX,
			algorithmGiven: true,
		};
	});
}

/** A draft with one natural person and one document; `change` overrides. For tests. */
export function draft(change: Partial<Draft> = {}): Draft {
	return {
		issuer: { code: 'DEMO', name: 'Ajuntament de prova' },
		issuerReference: '',
		kind: NotificationKind.NOTIFICATION,
		title: "Liquidació de l'impost & recàrrec",
		reference: 'EXP-2026/1',
		createdAtGiven: '',
		expiryDays: 10,
		language: Language.CA,
		body: '',
		appealFooter: '',
		firstNotice: true,
		reminder: true,
		recipients: [recipients.natural],
		documents: documents(1),
		dialect: Dialect.ENOTUMLITE_SEED,
		evidenceForm: EvidenceForm.SEED,
		defaulted: [],
		...change,
	};
}

const targets: Readonly<Partial<Record<Transition, State>>> = {
	[Transition.DEPOSIT]: State.DEPOSITED,
	[Transition.ACCEPT]: State.ACCEPTED,
	[Transition.REJECT]: State.REJECTED,
	[Transition.EXPIRE]: State.EXPIRED,
};

/** A notification as a claim of the transition leaves it; `change` overrides. For tests. */
export function claimed(id: number, transition: Transition = Transition.DEPOSIT, change: Partial<Notification> = {}): Notification {
	const isDeposit = transition === Transition.DEPOSIT;
	return {
		id,
		iun: `TEST-${id}`,
		version: 2,
		draft: draft(),
		state: isDeposit ? State.ENTERED : State.DEPOSITED,
		claim: {
			transition,
			target: targets[transition] ?? State.DISCARDED,
			decidedAt: new Date('2026-11-20T10:00:00.123Z'),
			author: isDeposit ? { actor: 'engine' } : { actor: 'issuer', natural: { scheme: 'IDENTITY_SCHEME_NIF', value: '12345678Z' } },
		},
		receivedAt: new Date('2026-11-19T08:00:00.001Z'),
		...(isDeposit ? {} : { depositedAt: new Date('2026-11-19T08:00:01.000Z') }),
		evidences: [],
		timeline: [],
		failure: '',
		...change,
	};
}

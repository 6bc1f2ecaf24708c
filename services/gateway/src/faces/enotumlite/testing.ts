import { checkIdentity, type IdentityScheme } from '@fefaent/identity';
import type { Issuer } from '../../directory/types.ts';
import type { WireDocument, WireIdentity, WireNotification, WireParty, WirePerson, WireRecipient } from './wire.ts';

/** Pieces of notifications for tests, right unless changed. */

const fields: Readonly<Record<IdentityScheme, string>> = {
	NIF: 'NIF',
	PASSPORT: 'PASSAPORT',
	CIF: 'CIF',
	VAT: 'VAT',
	OTHER: 'Identificador',
};

/** An identity document. */
export function identity(scheme: IdentityScheme, value: string): WireIdentity {
	return { scheme, field: fields[scheme], value, check: checkIdentity(scheme, value) };
}

/** A natural person. */
export function person(of: WireIdentity = identity('NIF', '12345678Z')): WirePerson {
	return { identity: of, givenName: 'Anna', firstSurname: 'Puig', secondSurname: undefined };
}

/** A natural person as recipient. */
export function natural(value = '12345678Z', scheme: IdentityScheme = 'NIF'): WireParty {
	return { kind: 'natural', ...person(identity(scheme, value)) };
}

/** A legal person as recipient. */
export function legal(value = 'B65410011', scheme: IdentityScheme = 'CIF', bound?: WirePerson): WireParty {
	return { kind: 'legal', identity: identity(scheme, value), legalName: 'Empresa, SL', bound };
}

/** A recipient. */
export function recipient(party: WireParty = natural(), change: Partial<WireRecipient> = {}): WireRecipient {
	return { party, emails: ['anna@exemple.cat'], phones: ['600 000 000'], language: undefined, ...change };
}

/** A document. */
export function document(change: Partial<WireDocument> = {}): WireDocument {
	return { name: 'resolucio.pdf', digest: Buffer.alloc(32, 1), algorithm: 'SHA-256', kind: 'Resolució', ...change };
}

/** A notification. */
export function notification(change: Partial<WireNotification> = {}): WireNotification {
	return {
		title: 'Resolució',
		reference: 'EXP/1',
		issuerReference: undefined,
		kind: 'NOTIFICACIO',
		createdAt: undefined,
		expiryDays: undefined,
		language: undefined,
		body: undefined,
		appealFooter: undefined,
		notices: undefined,
		recipients: [recipient()],
		documents: [document()],
		...change,
	};
}

/** An issuer. */
export function issuer(change: Partial<Issuer> = {}): Issuer {
	return {
		code: 'DEMO',
		name: 'Ajuntament de prova',
		enabled: true,
		defaultExpiryDays: 10,
		noticeDefaults: { firstNotice: false, reminder: false },
		evidenceForm: 'seed',
		createdAt: new Date('2026-01-01T00:00:00Z'),
		version: 1,
		...change,
	};
}

import type { IdentityCheck, IdentityScheme } from '@fefaent/identity';

/** An identity document as a request gives it, checked once on the way in. */
export interface WireIdentity {
	readonly scheme: IdentityScheme;
	/** The element's name: NIF, PASSAPORT, CIF, VAT, Identificador. */
	readonly field: string;
	readonly value: string;
	readonly check: IdentityCheck;
}

/** A natural person, a recipient itself or bound to a legal one. */
export interface WirePerson {
	readonly identity: WireIdentity;
	readonly givenName: string;
	readonly firstSurname: string;
	readonly secondSurname: string | undefined;
}

/** Who is notified: one of the three kinds of the contract. */
export type WireParty =
	| ({ readonly kind: 'natural' } & WirePerson)
	| { readonly kind: 'legal'; readonly identity: WireIdentity; readonly legalName: string; readonly bound: WirePerson | undefined }
	| { readonly kind: 'collective'; readonly identity: WireIdentity; readonly name: string };

/** One `Destinatari`. */
export interface WireRecipient {
	readonly party: WireParty;
	readonly emails: readonly string[];
	readonly phones: readonly string[];
	/** Absent, empty, or a code that is yet to be checked. */
	readonly language: string | undefined;
}

/** One `Document`. */
export interface WireDocument {
	readonly name: string;
	readonly digest: Uint8Array;
	readonly algorithm: string | undefined;
	readonly kind: string;
}

/**
 * One `Notificacio` as it was written: its structure and datatypes are right, its facets are yet to be checked. Texts are as given, whitespace too;
 * of dates, numbers and flags the whitespace around them is gone, as XSD has it.
 * `undefined` is an absent element, which is not an empty one (section 5.1 of the contract: defaults are for present and empty ones).
 */
export interface WireNotification {
	readonly title: string;
	readonly reference: string;
	readonly issuerReference: string | undefined;
	readonly kind: string;
	readonly createdAt: string | undefined;
	readonly expiryDays: string | undefined;
	readonly language: string | undefined;
	readonly body: string | undefined;
	readonly appealFooter: string | undefined;
	readonly notices: { readonly first: string; readonly reminder: string } | undefined;
	readonly recipients: readonly WireRecipient[];
	readonly documents: readonly WireDocument[];
}

/** One `PracticarNotificacio`. */
export interface WireDecision {
	/** xs:integer as given. */
	readonly id: string;
	/** ACCEPTAR or REBUTJAR: the schema has checked it. */
	readonly decision: string;
	readonly natural: WireIdentity | undefined;
	readonly legal: WireIdentity | undefined;
}

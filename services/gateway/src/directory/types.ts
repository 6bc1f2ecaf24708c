/** Which published form an issuer's evidences take. */
export type EvidenceFormName = 'seed' | 'head';

/** An administration that notifies. */
export interface Issuer {
	/** What requests name it by (`Emissor`). Never changes. */
	readonly code: string;
	/** Its name, for people. */
	readonly name: string;
	/** A disabled issuer is answered like an unknown one. */
	readonly enabled: boolean;
	/** Days from deposit to expiry where a request gives none: 1 to 365. */
	readonly defaultExpiryDays: number;
	/** Whether recipients are told and reminded where a request does not say. */
	readonly noticeDefaults: NoticeDefaults;
	/** Form of its evidences. */
	readonly evidenceForm: EvidenceFormName;
	readonly createdAt: Date;
	/** Grows by one with each write. */
	readonly version: number;
}

/** What recipients are told where a request does not say. */
export interface NoticeDefaults {
	/** A notice on deposit. */
	readonly firstNotice: boolean;
	/** A reminder before expiry. */
	readonly reminder: boolean;
}

/** How a caller proves who it is. */
export type CredentialKind = 'api-key' | 'certificate';

/** Something a caller proves itself with; the secret itself is not kept. */
export interface Credential {
	/** Hexadecimal, part of an API key's text. */
	readonly id: string;
	/** For people: which program of whom. */
	readonly label: string;
	readonly kind: CredentialKind;
	/** SHA-256, in hexadecimal, of the API key's secret or of the certificate's DER bytes (its fingerprint). */
	readonly digest: string;
	/** Codes of the issuers that its holder may act for. */
	readonly issuers: readonly string[];
	readonly createdAt: Date;
	/** Set when it no longer opens anything. */
	readonly revokedAt?: Date;
	/** Last seen, to a precision of some minutes. */
	readonly lastUsedAt?: Date;
}

/** A public body that is notified through EACAT and not through us (eNotumLite error NOT_10). */
export interface Administration {
	/** Key of its identity, as @fefaent/identity makes it: two writings of one identity share it. */
	readonly key: string;
	/** Its CIF, normalised. */
	readonly cif: string;
	/** Its name; may be empty. */
	readonly name: string;
	readonly addedAt: Date;
}

/** One page of a list, in ascending order of its key. */
export interface Page {
	/** Only entries after this key; empty: from the first. */
	readonly after: string;
	/** Most entries: 1 to 1000. */
	readonly limit: number;
}

import type { Administration, Credential, Issuer, Page } from './types.ts';

/**
 * Where the directory is kept. Each issuer, credential and administration is a document of its own; nothing joins them. A write is
 * durable when its promise resolves.
 */
export interface DirectoryStore {
	/** Adds an issuer. @returns false when its code is taken */
	insertIssuer(issuer: Issuer): Promise<boolean>;
	/** Writes over the version `issuer.version - 1`. @returns false when another version is stored */
	replaceIssuer(issuer: Issuer): Promise<boolean>;
	/** Issuers by code, in no particular order; unknown ones are left out. */
	issuers(codes: readonly string[]): Promise<readonly Issuer[]>;
	/** By code. */
	listIssuers(page: Page): Promise<readonly Issuer[]>;

	/** Adds a credential. @returns false when one that is not revoked has the same digest, or the id is taken */
	insertCredential(credential: Credential): Promise<boolean>;
	/** By id, revoked ones included. */
	credential(id: string): Promise<Credential | undefined>;
	/** The certificate with this fingerprint that is not revoked. */
	certificate(digest: string): Promise<Credential | undefined>;
	/** By id. @param issuer only those that may act for it; empty: all */
	listCredentials(issuer: string, page: Page): Promise<readonly Credential[]>;
	/** Revokes from `at` on; an earlier revocation stands. @returns the credential as it is now, undefined when unknown */
	revokeCredential(id: string, at: Date): Promise<Credential | undefined>;
	/** Takes note of a use. An unknown id is passed over. */
	touchCredential(id: string, at: Date): Promise<void>;

	/** Adds or renames administrations. */
	putAdministrations(administrations: readonly Administration[]): Promise<void>;
	/** Adds these once in the store's life: what was removed by hand later stays removed. @returns whether it was now */
	seedAdministrations(administrations: readonly Administration[]): Promise<boolean>;
	/** @returns whether it was there */
	removeAdministration(key: string): Promise<boolean>;
	/** By key. */
	listAdministrations(page: Page): Promise<readonly Administration[]>;
	/** Every key: some thousands. */
	administrationKeys(): Promise<readonly string[]>;

	/** Throws when the store cannot be read. */
	ping(): Promise<void>;
	close(): Promise<void>;
}

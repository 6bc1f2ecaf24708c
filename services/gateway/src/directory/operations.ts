import type { Clock } from '@fefaent/kernel';
import { gatewayError } from '../errors.ts';
import { toAdministrationEntry } from './administrations.ts';
import { newApiKey, newCredentialId } from './api-key.ts';
import type { DirectoryStore } from './port.ts';
import type { CachedDirectory } from './reader.ts';
import { changedIssuer, checkedLabel, checkedPage, fingerprintOf, type IssuerChange, type IssuerInput, newIssuer } from './rules.ts';
import type { Administration, Credential, Issuer, Page } from './types.ts';

/** What the operations work on. */
export interface OperationsDeps {
	readonly store: DirectoryStore;
	readonly cache: Pick<CachedDirectory, 'invalidate'>;
	readonly clock: Clock;
}

/** A credential as it may be shown: without its digest. */
export type CredentialView = Omit<Credential, 'digest'>;

/** Who a new credential is for. */
export interface CredentialInput {
	/** For people: which program of whom. */
	readonly label: string;
	/** Codes of the issuers that its holder may act for: one or more, all known. */
	readonly issuers: readonly string[];
}

/** What an administrator does to the directory. Every failure is a DomainError of the gateway's catalogue. */
export interface DirectoryOperations {
	/** @throws ISSUER_INVALID, ISSUER_EXISTS */
	registerIssuer(input: IssuerInput): Promise<Issuer>;
	/**
	 * @param check looks at the very version that the change is made to; nothing is changed when it throws
	 * @throws ISSUER_UNKNOWN, ISSUER_INVALID, ISSUER_CONTENDED
	 */
	updateIssuer(code: string, change: IssuerChange, check?: (before: Issuer) => void): Promise<Issuer>;
	/** @throws ISSUER_UNKNOWN */
	getIssuer(code: string): Promise<Issuer>;
	listIssuers(page?: Partial<Page>): Promise<readonly Issuer[]>;
	/** @returns the key's text, which is shown this once @throws CREDENTIAL_INVALID, ISSUER_UNKNOWN */
	createApiKey(input: CredentialInput): Promise<{ readonly key: string; readonly credential: CredentialView }>;
	/** @param pem the client's certificate @throws CREDENTIAL_INVALID, CREDENTIAL_EXISTS, ISSUER_UNKNOWN */
	registerCertificate(input: CredentialInput & { readonly pem: string }): Promise<CredentialView>;
	/** Idempotent. @throws CREDENTIAL_UNKNOWN */
	revokeCredential(id: string): Promise<CredentialView>;
	/** @param filter.issuer only those that may act for it */
	listCredentials(filter?: Partial<Page> & { readonly issuer?: string }): Promise<readonly CredentialView[]>;
	/** Adds or renames one or many; none when one of them is wrong. @throws ADMINISTRATION_INVALID */
	putAdministrations(entries: readonly { readonly cif: string; readonly name?: string }[]): Promise<readonly Administration[]>;
	/** @throws ADMINISTRATION_UNKNOWN */
	removeAdministration(cif: string): Promise<void>;
	listAdministrations(page?: Partial<Page>): Promise<readonly Administration[]>;
}

const mostStaleWrites = 5;

/** Makes the operations over a store. */
export function directoryOperations({ store, cache, clock }: OperationsDeps): DirectoryOperations {
	async function known(code: string): Promise<Issuer> {
		const [issuer] = await store.issuers([code]);
		if (!issuer) throw gatewayError('ISSUER_UNKNOWN', { code });
		return issuer;
	}

	async function written<T>(write: Promise<T>): Promise<T> {
		try {
			return await write;
		} finally {
			cache.invalidate();
		}
	}

	async function checkIssuers(codes: readonly string[]): Promise<readonly string[]> {
		const wanted = [...new Set(codes)];
		if (wanted.length === 0 || wanted.length > 1000) throw gatewayError('CREDENTIAL_INVALID', { problem: 'it is for 1 to 1000 issuers' });
		const found = new Set((await store.issuers(wanted)).map((issuer) => issuer.code));
		for (const code of wanted) if (!found.has(code)) throw gatewayError('ISSUER_UNKNOWN', { code });
		return wanted;
	}

	return {
		async registerIssuer(input) {
			const issuer = newIssuer(input, clock.now());
			if (!(await written(store.insertIssuer(issuer)))) throw gatewayError('ISSUER_EXISTS', { code: issuer.code });
			return issuer;
		},

		async updateIssuer(code, change, check) {
			for (let attempt = 0; attempt < mostStaleWrites; attempt++) {
				const before = await known(code);
				check?.(before);
				const next = changedIssuer(before, change);
				if (await written(store.replaceIssuer(next))) return next;
			}
			throw gatewayError('ISSUER_CONTENDED', { code });
		},

		getIssuer: known,
		listIssuers: async (page = {}) => store.listIssuers(checkedPage(page)),

		async createApiKey({ label, issuers }) {
			const { id, key, digest } = newApiKey();
			const credential: Credential = {
				id,
				label: checkedLabel(label),
				kind: 'api-key',
				digest,
				issuers: await checkIssuers(issuers),
				createdAt: clock.now(),
			};
			if (!(await written(store.insertCredential(credential)))) throw gatewayError('CREDENTIAL_EXISTS');
			return { key, credential: view(credential) };
		},

		async registerCertificate({ label, issuers, pem }) {
			const credential: Credential = {
				id: newCredentialId(),
				label: checkedLabel(label),
				kind: 'certificate',
				digest: fingerprintOf(pem),
				issuers: await checkIssuers(issuers),
				createdAt: clock.now(),
			};
			if (!(await written(store.insertCredential(credential)))) throw gatewayError('CREDENTIAL_EXISTS');
			return view(credential);
		},

		async revokeCredential(id) {
			const revoked = await written(store.revokeCredential(id, clock.now()));
			if (!revoked) throw gatewayError('CREDENTIAL_UNKNOWN', { id });
			return view(revoked);
		},

		listCredentials: async ({ issuer = '', ...page } = {}) => (await store.listCredentials(issuer, checkedPage(page))).map(view),

		async putAdministrations(entries) {
			const administrations = entries.map(({ cif, name = '' }, index) => {
				const entry = toAdministrationEntry(cif, name, clock.now());
				if (!entry) throw gatewayError('ADMINISTRATION_INVALID', { position: String(index + 1) });
				return entry;
			});
			await written(store.putAdministrations(administrations));
			return administrations;
		},

		async removeAdministration(cif) {
			const entry = toAdministrationEntry(cif, '', clock.now());
			if (!entry || !(await written(store.removeAdministration(entry.key)))) throw gatewayError('ADMINISTRATION_UNKNOWN');
		},

		listAdministrations: async (page = {}) => store.listAdministrations(checkedPage(page)),
	};
}

function view({ digest: _, ...rest }: Credential): CredentialView {
	return rest;
}

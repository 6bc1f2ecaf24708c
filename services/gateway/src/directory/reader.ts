import { ReadCache } from './cache.ts';
import type { DirectoryStore } from './port.ts';
import type { Credential, Issuer } from './types.ts';

/** What the faces ask of the directory, for every request. */
export interface DirectoryReader {
	/** An issuer that is known and enabled. */
	issuer(code: string): Promise<Issuer | undefined>;
	/** A credential by its id, revoked ones included. */
	credential(id: string): Promise<Credential | undefined>;
	/** The certificate with this fingerprint that is not revoked. */
	certificate(digest: string): Promise<Credential | undefined>;
	/** Identity keys of the administrations reached through EACAT. */
	administrations(): Promise<ReadonlySet<string>>;
}

/** A {@link DirectoryReader} that remembers, so that a request costs no query. */
export class CachedDirectory implements DirectoryReader {
	readonly #store: DirectoryStore;
	readonly #issuers: ReadCache<Issuer | undefined>;
	readonly #credentials: ReadCache<Credential | undefined>;
	readonly #certificates: ReadCache<Credential | undefined>;
	readonly #administrations: ReadCache<ReadonlySet<string>>;

	/** @param ttlMs how stale an answer may be where another process wrote, in milliseconds of real time */
	constructor(store: DirectoryStore, ttlMs: number) {
		this.#store = store;
		this.#issuers = new ReadCache(ttlMs);
		this.#credentials = new ReadCache(ttlMs);
		this.#certificates = new ReadCache(ttlMs);
		this.#administrations = new ReadCache(ttlMs);
	}

	async issuer(code: string): Promise<Issuer | undefined> {
		const issuer = await this.#issuers.get(code, async () => (await this.#store.issuers([code]))[0]);
		return issuer?.enabled ? issuer : undefined;
	}

	credential(id: string): Promise<Credential | undefined> {
		return this.#credentials.get(id, () => this.#store.credential(id));
	}

	certificate(digest: string): Promise<Credential | undefined> {
		return this.#certificates.get(digest, () => this.#store.certificate(digest));
	}

	administrations(): Promise<ReadonlySet<string>> {
		return this.#administrations.get('', async () => new Set(await this.#store.administrationKeys()));
	}

	/** Forgets what is remembered: call it after every write. */
	invalidate(): void {
		this.#issuers.clear();
		this.#credentials.clear();
		this.#certificates.clear();
		this.#administrations.clear();
	}
}

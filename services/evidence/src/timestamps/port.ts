/** Gives RFC 3161 time-stamps. */
export interface TimeStampAuthority {
	/**
	 * Stamps SHA-256 digests.
	 * @returns one TimeStampToken for each, in order, DER
	 * @throws DomainError TSA_UNAVAILABLE when any of them is not to be had
	 */
	stamp(digests: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
	/** Lets go of connections. */
	close(): Promise<void>;
}

/** A time-stamping authority as plain data, to be opened in the thread that seals. */
export type AuthorityDescription =
	| { readonly kind: 'built-in'; readonly certificate: Uint8Array; readonly chain: readonly Uint8Array[]; readonly pkcs8: Uint8Array }
	| ({ readonly kind: 'http' } & HttpAuthorityOptions);

/** How an authority is asked over HTTP. */
export interface HttpAuthorityOptions {
	readonly url: string;
	/** DER of the authorities that may have issued its certificate. */
	readonly anchors: readonly Uint8Array[];
	/** For one answer. */
	readonly timeoutMs: number;
	/** For one time-stamp. */
	readonly attempts: number;
	/** Requests at once. */
	readonly connections: number;
}

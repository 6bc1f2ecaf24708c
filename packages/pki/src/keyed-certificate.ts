import type { KeyObject } from 'node:crypto';

/** A private key with its certificate. */
export interface KeyedCertificate {
	readonly privateKey: KeyObject;
	/** DER. */
	readonly certificate: Uint8Array;
	/** Certificates above it as far as they are known, issuer first, DER each. */
	readonly chain: readonly Uint8Array[];
}

/** Who calls, as far as a face needs to know. */
export type Caller =
	| {
			readonly kind: 'credential';
			readonly credentialId: string;
			/** Codes of the issuers that it may act for. */
			readonly issuers: readonly string[];
	  }
	/** A caller on the machine itself, let in without a key: may act for every issuer. */
	| { readonly kind: 'loopback' };

/** Whether a caller may act for an issuer. */
export function mayActFor(caller: Caller, issuerCode: string): boolean {
	return caller.kind === 'loopback' || caller.issuers.includes(issuerCode);
}

/** The issuer that a caller acts for when a request names none: the only one it is bound to. */
export function soleIssuer(caller: Caller): string | undefined {
	return caller.kind === 'credential' && caller.issuers.length === 1 ? caller.issuers[0] : undefined;
}

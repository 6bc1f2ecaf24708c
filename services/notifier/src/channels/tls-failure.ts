/**
 * Whether the code of an error says that no secure connection could be made: a certificate that does not hold (`CERT_HAS_EXPIRED`,
 * `UNABLE_TO_VERIFY_LEAF_SIGNATURE`, `ERR_TLS_CERT_ALTNAME_INVALID`...), or no protocol in common (`ERR_SSL_...`).
 */
export function isTlsFailure(code: string): boolean {
	return /CERT|SSL|TLS|SIGNATURE|ISSUER/.test(code);
}

/** Digest algorithms that time-stamps may use (SHA-1 is not among them), by OID. */
export const digestNames: Readonly<Record<string, 'sha256' | 'sha384' | 'sha512'>> = {
	'2.16.840.1.101.3.4.2.1': 'sha256',
	'2.16.840.1.101.3.4.2.2': 'sha384',
	'2.16.840.1.101.3.4.2.3': 'sha512',
};

/** OID of SHA-256. */
export const sha256Oid = '2.16.840.1.101.3.4.2.1';

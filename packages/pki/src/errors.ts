import { errorsOf } from '@fefaent/kernel';

/** What this package refuses. Messages name files' content by kind only, never values. */
export const pkiErrors = {
	PKCS12_UNREADABLE: { kind: 'invalid', message: 'not a PKCS#12 file that can be read: {detail}' },
	PKCS12_PASSWORD_WRONG: { kind: 'denied', message: 'the password does not open the PKCS#12 file' },
	PKCS12_OLD_CIPHER: {
		kind: 'unimplemented',
		message:
			'the PKCS#12 file is encrypted with an old algorithm ({algorithm}); convert it: openssl pkcs12 -legacy -in old.p12 -nodes | openssl pkcs12 -export -out new.p12',
	},
	PKCS12_NO_KEY: { kind: 'invalid', message: 'the PKCS#12 file holds no private key' },
	PKCS12_SEVERAL_KEYS: { kind: 'invalid', message: 'the PKCS#12 file holds {count} private keys, one is expected' },
	PKCS12_NO_CERTIFICATE: { kind: 'invalid', message: 'the PKCS#12 file holds no certificate of its private key' },
	TIMESTAMP_UNREADABLE: { kind: 'invalid', message: 'not an RFC 3161 message that can be read: {detail}' },
	TIMESTAMP_KEY_UNSUPPORTED: { kind: 'invalid', message: 'a time-stamping key is ECDSA P-256 or RSA, not {type}' },
} as const;

/** Raises an error of {@link pkiErrors}. */
export const fail = errorsOf(pkiErrors);

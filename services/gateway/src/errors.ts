import { errorsOf } from '@fefaent/kernel';

/** What the directory refuses. */
export const gatewayErrors = {
	ISSUER_UNKNOWN: { kind: 'notFound', message: 'no issuer has the code {code}' },
	ISSUER_EXISTS: { kind: 'alreadyExists', message: 'the issuer code {code} is taken' },
	ISSUER_INVALID: { kind: 'invalid', message: 'the issuer is not valid: {problem}' },
	ISSUER_CONTENDED: { kind: 'conflict', message: 'the issuer {code} was changed by others meanwhile' },
	CREDENTIAL_UNKNOWN: { kind: 'notFound', message: 'no credential has the id {id}' },
	CREDENTIAL_EXISTS: { kind: 'alreadyExists', message: 'this certificate is registered already' },
	CREDENTIAL_INVALID: { kind: 'invalid', message: 'the credential is not valid: {problem}' },
	ADMINISTRATION_UNKNOWN: { kind: 'notFound', message: 'this administration is not listed' },
	ADMINISTRATION_INVALID: { kind: 'invalid', message: 'entry {position} of the list has no valid CIF' },
	PAGE_INVALID: { kind: 'invalid', message: 'a page holds 1 to 1000 entries' },
} as const;

/** Raises one of {@link gatewayErrors}. */
export const gatewayError = errorsOf(gatewayErrors);

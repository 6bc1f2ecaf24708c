import { checkCif } from './cif.ts';
import { checkNif } from './nif.ts';
import { checkOther } from './other.ts';
import { checkPassport } from './passport.ts';
import { compact, type IdentityCheck, type IdentityScheme } from './types.ts';
import { checkVat } from './vat.ts';

const checks: Readonly<Record<IdentityScheme, (value: string) => IdentityCheck>> = {
	NIF: checkNif,
	PASSPORT: checkPassport,
	CIF: checkCif,
	VAT: checkVat,
	OTHER: checkOther,
};

/** Checks a document by the rule of its scheme, on the value exactly as given. */
export function checkIdentity(scheme: IdentityScheme, value: string): IdentityCheck {
	return checks[scheme](value);
}

/**
 * The key to match a document by where people may have written it loosely: NIF and CIF also in small letters or with separators (`12.345.678-z`).
 * @returns undefined when it is no valid document however it is read
 */
export function identityKey(scheme: IdentityScheme, value: string): string | undefined {
	const loose = scheme === 'NIF' || scheme === 'CIF' ? compact(value) : value;
	const check = checkIdentity(scheme, loose);
	return check.ok ? check.key : undefined;
}

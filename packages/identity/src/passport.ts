import { accepted, compact, type IdentityCheck, isBlank, refused } from './types.ts';

/** Letters and digits, 5 to 20 of them (the full eNotum contract's bound), with at least one digit as every issuer's numbers have. */
const plausible = /^(?=.*[0-9])[A-Z0-9]{5,20}$/;

/** One character again and again. */
const repeated = /^(.)\1+$/;

/**
 * Checks that a passport number is plausible: passports have no common check digit, so only absurd ones are told apart
 * (eNotumLite contract, decision 5). Case, spaces, dots, hyphens and slashes are ignored.
 */
export function checkPassport(value: string): IdentityCheck {
	if (isBlank(value)) return refused('blank');
	const number = compact(value);
	return plausible.test(number) && !repeated.test(number) ? accepted(number, 'PASSPORT') : refused('pattern');
}

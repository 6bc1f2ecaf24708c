import * as rules from 'jsvat-next';
import { checkCif } from './cif.ts';
import { isCountryCode } from './countries.ts';
import { checkNif } from './nif.ts';
import { accepted, compact, type IdentityCheck, isBlank, refused } from './types.ts';

/** Andorra's NRT: kind of person, six digits, a control letter whose rule is not public. */
const andorran = /^[ACDEFGLOPU][0-9]{6}[A-Z]$/;

/** The library knows Norway's number only as it is written at home. */
const norwegian = /^[0-9]{9}(MVA)?$/;

/** What the numbers of countries without a public rule have in common: 4 to 15 letters and digits, at least three of them digits. */
const plausible = /^(?=(?:[A-Z]*[0-9]){3})[A-Z0-9]{4,15}$/;

/** Prefixes whose pattern and check digit are public: the European Union's, Northern Ireland, the United Kingdom and Switzerland. */
const ruled: ReadonlyMap<string, rules.Country> = new Map([
	['AT', rules.austria],
	['BE', rules.belgium],
	['BG', rules.bulgaria],
	['CH', rules.switzerland],
	['CY', rules.cyprus],
	['CZ', rules.czechRepublic],
	['DE', rules.germany],
	['DK', rules.denmark],
	['EE', rules.estonia],
	['EL', rules.greece],
	['FI', rules.finland],
	['FR', rules.france],
	['GB', rules.unitedKingdom],
	['HR', rules.croatia],
	['HU', rules.hungary],
	['IE', rules.ireland],
	['IT', rules.italy],
	['LT', rules.lithuania],
	['LU', rules.luxembourg],
	['LV', rules.latvia],
	['MT', rules.malta],
	['NL', rules.netherlands],
	['NO', rules.norway],
	['PL', rules.poland],
	['PT', rules.portugal],
	['RO', rules.romania],
	['RS', rules.serbia],
	['SE', rules.sweden],
	['SI', rules.slovenia],
	['SK', rules.slovakiaRepublic],
	['XI', rules.unitedKingdom],
]);

/**
 * Checks a VAT number: its country's prefix (Directive 2006/112/EC, article 215), then that country's pattern and, where it is public, check
 * digit (eNotumLite contract, decision 5); a number of another country must be plausible. Case, spaces, dots, hyphens and slashes are ignored. Greece is
 * `EL`, `GR` being read as such. A Spanish one is `ES` and a NIF or CIF that our own checks accept, with the same key as it.
 */
export function checkVat(value: string): IdentityCheck {
	if (isBlank(value)) return refused('blank');
	const written = compact(value);
	const prefix = written.startsWith('GR') ? 'EL' : written.slice(0, 2);
	const number = written.slice(2);
	if (prefix === 'ES') return checkSpanish(number);
	if (prefix === 'AD') return andorran.test(number) ? accepted(prefix + number, prefix, number) : refused('pattern');
	if (prefix === 'NO' && !norwegian.test(number)) return refused('pattern');
	// Nothing but zeros satisfies some countries' sums.
	if (!/[1-9]/.test(number)) return refused('pattern');
	const country = ruled.get(prefix);
	if (!country) return isCountryCode(prefix) && plausible.test(number) ? accepted(prefix + number, prefix, number) : refused('pattern');
	// Switzerland and Norway let the word for the tax follow the number: it is not part of the identity.
	const bare = number.replace(/(?<=[0-9])(MWST|TVA|IVA|MVA)$/, '');
	const { isValid, isValidFormat } = rules.checkVAT(prefix === 'NO' ? `${bare}MVA` : prefix + number, [country]);
	if (!isValidFormat) return refused('pattern');
	return isValid ? accepted(prefix + bare, prefix, bare) : refused('check');
}

function checkSpanish(number: string): IdentityCheck {
	// Nine characters: the shorter and longer writings of the NIF are not VAT numbers.
	if (number.length !== 9) return refused('pattern');
	const nif = checkNif(number);
	const found = nif.ok ? nif : checkCif(number);
	if (found.ok) return { ok: true, normalised: `ES${found.normalised}`, key: found.key };
	return nif.ok || nif.problem === 'check' ? refused('check') : found;
}

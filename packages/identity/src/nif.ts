import { accepted, type IdentityCheck, isBlank, refused } from './types.ts';

/** The contract's pattern (eNotumLite contract, section 5.3): Spanish NIF and NIE, but none of the K, L and M numbers. */
const pattern = /^([XYZ]?)([0-9]{7,8})([A-Z])$/;

/** Control letters by remainder of 23 (Real Decreto 1553/2005, article 11). */
const controlLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';

const nieDigits: Readonly<Record<string, string>> = { X: '0', Y: '1', Z: '2' };

/** The control letter of a number of up to eight digits. */
export function nifLetter(digits: string): string {
	return controlLetters.charAt(Number(digits) % 23);
}

/**
 * Checks a NIF or NIE as the wire gives it: capitals, no separators (a looser writing is a pattern failure; see `identityKey`).
 *
 * A NIF of seven digits is padded with a zero. A NIE is its letter and seven digits, the letter read as 0, 1 or 2; the first ones were
 * written with an eighth digit, always a leading zero after the X, which Orden INT/2058/2008 dropped: `X01234567L` is `X1234567L`. Any other NIE of
 * eight digits fits the contract's pattern but was never issued, so its check fails.
 */
export function checkNif(value: string): IdentityCheck {
	if (isBlank(value)) return refused('blank');
	const [, prefix = '', digits = '', letter = ''] = pattern.exec(value) ?? [];
	if (letter === '') return refused('pattern');
	if (prefix === '') {
		const padded = digits.padStart(8, '0');
		return nifLetter(padded) === letter ? accepted(padded + letter, 'ES') : refused('check');
	}
	if (digits.length === 8 && !(prefix === 'X' && digits.startsWith('0'))) return refused('check');
	const seven = digits.slice(-7);
	return nifLetter(`${nieDigits[prefix]}${seven}`) === letter ? accepted(prefix + seven + letter, 'ES') : refused('check');
}

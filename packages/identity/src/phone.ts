import { callingCodeOf } from './calling-codes.ts';

/** The outcome: `e164` is `+`, country code and number, digits only. */
export type PhoneCheck = { readonly ok: true; readonly e164: string } | { readonly ok: false };

/** Plans that we know to the digit: Spain's nine digits from 6 to 9, and the North American one. */
const plans: Readonly<Record<string, RegExp>> = {
	'1': /^[2-9][0-9]{2}[2-9][0-9]{6}$/,
	'34': /^[6-9][0-9]{8}$/,
};

/** Any other country's: 4 to 14 digits, to which E.164's limit of 15 in all is added. */
const anyPlan = /^[0-9]{4,14}$/;

/**
 * Checks a telephone (eNotumLite contract, decision 6): a Spanish number of nine digits beginning with 6 to 9, or an international one (E.164) with
 * `+`, with `00` or with neither. Spaces, dots and hyphens are ignored. Without `+` or `00` at least nine digits are asked for, so
 * that a Spanish number with a digit missing is not taken for some small country's.
 */
export function checkPhone(value: string): PhoneCheck {
	const [, sign = '', digits = ''] = /^(\+|00)?([1-9][0-9]{6,14})$/.exec(value.replace(/[\s.-]+/g, '')) ?? [];
	if (digits === '') return { ok: false };
	if (sign === '') {
		if (plans['34']?.test(digits)) return { ok: true, e164: `+34${digits}` };
		if (digits.length < 9) return { ok: false };
	}
	const code = callingCodeOf(digits);
	if (code === undefined) return { ok: false };
	return (plans[code] ?? anyPlan).test(digits.slice(code.length)) ? { ok: true, e164: `+${digits}` } : { ok: false };
}

import { callingCodeOf } from './calling-codes.ts';

/** The outcome: `e164` is `+`, country code and number, digits only. */
export type PhoneCheck = { readonly ok: true; readonly e164: string } | { readonly ok: false };

const spain = '34';
const andorra = '376';

/** Plans that we know to the digit: the North American one, Spain's nine digits from 6 to 9, Andorra's six (nine for machines). */
const plans: Readonly<Record<string, RegExp>> = {
	'1': /^[2-9][0-9]{2}[2-9][0-9]{6}$/,
	[spain]: /^[6-9][0-9]{8}$/,
	[andorra]: /^[3-9][0-9]{5}([0-9]{3})?$/,
};

/** Any other country's: 4 to 14 digits, to which E.164's limit of 15 in all is added. */
const anyPlan = /^[0-9]{4,14}$/;

/**
 * Checks a telephone (eNotumLite contract, decision 6): a Spanish number of nine digits beginning with 6 to 9, or an international one (E.164) with
 * `+`, with `00` or with neither. Spaces, dots and hyphens are ignored. Without `+` or `00` at least ten digits are asked for, Andorra
 * apart, so that a Spanish number mistyped is not taken for some other country's.
 */
export function checkPhone(value: string): PhoneCheck {
	const [, sign = '', digits = ''] = /^(\+|00)?([1-9][0-9]{6,14})$/.exec(value.replace(/[\s.-]+/g, '')) ?? [];
	if (digits === '') return { ok: false };
	if (sign === '' && plans[spain]?.test(digits)) return { ok: true, e164: `+${spain}${digits}` };
	const code = callingCodeOf(digits);
	if (code === undefined || (sign === '' && digits.length < 10 && code !== andorra)) return { ok: false };
	return (plans[code] ?? anyPlan).test(digits.slice(code.length)) ? { ok: true, e164: `+${digits}` } : { ok: false };
}

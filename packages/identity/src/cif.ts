import { accepted, type IdentityCheck, isBlank, refused } from './types.ts';

/** The contract's pattern (eNotumLite contract, section 5.3); its class literally admits a comma, which no control character is. */
const pattern = /^([A-Z])([0-9]{7})([A-J,0-9])$/;

/** Entity letters in use (Orden EHA/451/2008 and, before it, Decreto 2423/1975). */
const entities = 'ABCDEFGHJNPQRSUVW';

/** Public bodies, religious institutions, foreign entities and their establishments: the control character is a letter. */
const endInLetter = 'NPQRSW';

/** Companies, communities of property and of owners: the control character is a digit. */
const endInDigit = 'ABEH';

const controlLetters = 'JABCDEFGHI';

/** The control digit of a CIF's seven digits: Luhn's sum, odd places (from the left, the first being one) doubled. */
export function cifDigit(digits: string): number {
	let sum = 0;
	for (let index = 0; index < digits.length; index++) {
		const digit = Number(digits[index]);
		const weighted = index % 2 === 0 ? digit * 2 : digit;
		sum += weighted > 9 ? weighted - 9 : weighted;
	}
	return (10 - (sum % 10)) % 10;
}

/** The control characters that a CIF with this entity letter and these seven digits may end in: one or both forms of its control digit. */
export function cifControls(entity: string, digits: string): readonly string[] {
	const digit = cifDigit(digits);
	const letter = controlLetters.charAt(digit);
	if (!entities.includes(entity)) return [];
	if (endInLetter.includes(entity)) return [letter];
	// Until 2008 entities from abroad shared the Spanish letters and ended in a letter; their number begins with 00 in place of a province.
	if (endInDigit.includes(entity) && !digits.startsWith('00')) return [String(digit)];
	return [String(digit), letter];
}

/** Checks a CIF as the wire gives it: capitals, no separators, a known entity letter and the control character that it asks for. */
export function checkCif(value: string): IdentityCheck {
	if (isBlank(value)) return refused('blank');
	const [, entity = '', digits = '', control = ''] = pattern.exec(value) ?? [];
	if (control === '') return refused('pattern');
	return cifControls(entity, digits).includes(control) ? accepted(value, 'ES') : refused('check');
}

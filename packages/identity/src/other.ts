import { accepted, type IdentityCheck, isBlank, refused } from './types.ts';

/** Longest free identifier, in characters, once tidied. */
const longest = 100;

/**
 * Checks a free identifier (`Identificador` of a body or of a group): anything that holds a letter or digit, at most 100 characters, no control
 * characters. Runs of spaces count as one and, for the key, case does not count; other punctuation does, for it may be all that tells two apart.
 */
export function checkOther(value: string): IdentityCheck {
	if (isBlank(value)) return refused('blank');
	const tidy = value.normalize('NFC').trim().replace(/\s+/g, ' ');
	if (tidy.length > longest || /\p{Cc}/u.test(tidy)) return refused('pattern');
	return accepted(tidy, 'OTHER', tidy.toUpperCase());
}

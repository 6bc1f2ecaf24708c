/** The kinds of identity document that the contracts name; `NIF` includes NIE, `OTHER` is a free identifier (a body or a group of people). */
export type IdentityScheme = 'NIF' | 'PASSPORT' | 'CIF' | 'VAT' | 'OTHER';

/** Why a document is refused: nothing in it, not written as its scheme asks, or written so but its control digit or letter is wrong. */
export type IdentityProblem = 'blank' | 'pattern' | 'check';

/**
 * The outcome of a check.
 *
 * `normalised` is the one canonical writing of the document within its scheme; checking it again gives it back unchanged.
 * `key` is equal for two documents exactly when they are one identity, whatever the scheme: the VAT number `ESB65410011` and the
 * CIF `B65410011` share theirs (eNotumLite contract, decision 5).
 */
export type IdentityCheck =
	| { readonly ok: true; readonly normalised: string; readonly key: string }
	| { readonly ok: false; readonly problem: IdentityProblem };

/** Makes a refusal. */
export function refused(problem: IdentityProblem): IdentityCheck {
	return { ok: false, problem };
}

/** Makes an acceptance; `space` keeps numbers of different registers apart: a country's code, or the name of a kind of document. */
export function accepted(normalised: string, space: string, number: string = normalised): IdentityCheck {
	return { ok: true, normalised, key: `${space}:${number}` };
}

/** Whether a value holds no letter and no digit: empty, or only spaces and punctuation. */
export function isBlank(value: string): boolean {
	return !/[\p{L}\p{N}]/u.test(value);
}

/** Capitals, without the spaces, dots, hyphens and slashes that people write for the eye. */
export function compact(value: string): string {
	return value.toUpperCase().replace(/[\s.\-/]+/g, '');
}

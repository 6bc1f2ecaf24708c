import type { FailureName } from './failures.ts';

/** What became of one address: a provider took the message, under its own name for it (may be empty), or it failed, or it was not handed over at all. */
export type AddressOutcome =
	| { readonly kind: 'accepted'; readonly reference: string }
	| { readonly kind: 'failed'; readonly failure: FailureName }
	| { readonly kind: 'postponed' };

/** The time was over before its turn came: nothing went out, and no try is spent. */
export const postponed: AddressOutcome = { kind: 'postponed' };

/** A failed outcome. */
export function failed(failure: FailureName): AddressOutcome {
	return { kind: 'failed', failure };
}

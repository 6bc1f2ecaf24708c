import type { FailureName } from './failures.ts';

/** What became of one address: a provider took the message, under its own name for it (may be empty), or it failed. */
export type AddressOutcome =
	| { readonly kind: 'accepted'; readonly reference: string }
	| { readonly kind: 'failed'; readonly failure: FailureName };

/** A failed outcome. */
export function failed(failure: FailureName): AddressOutcome {
	return { kind: 'failed', failure };
}

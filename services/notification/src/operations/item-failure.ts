import type { ItemFailure } from '@fefaent/contracts/common';
import type { DomainError } from '@fefaent/kernel';

/** A catalogue's error as the answer to one item of a batch. */
export function itemFailure({ reason, message, details }: DomainError): ItemFailure {
	return { reason, message, details: { ...details } };
}

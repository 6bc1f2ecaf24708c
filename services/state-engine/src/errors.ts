import type { ItemFailure } from '@fefaent/contracts/common';
import { DomainError, errorsOf } from '@fefaent/kernel';

/** What the state-engine can refuse or fail at. Those about one notification are answered per item. */
export const stateEngineErrors = {
	INVALID_REQUEST: { kind: 'invalid', message: 'the request is not valid: {problem}' },
	NOTIFICATION_UNKNOWN: { kind: 'notFound', message: 'there is no such notification' },
	NOT_YOURS: { kind: 'denied', message: 'the notification belongs to another issuer' },
	IDENTITY_INVALID: { kind: 'invalid', message: 'the {scheme} is not valid' },
	RECIPIENT_AMBIGUOUS: { kind: 'precondition', message: 'the documents given do not name one recipient of the notification' },
	NOT_PRACTISABLE: { kind: 'precondition', message: 'a notification in {state} cannot be practised' },
	ALREADY_DECIDED: { kind: 'precondition', message: 'the notification is in {state}: {decision} comes too late' },
	PROOF_UNAVAILABLE: { kind: 'unavailable', message: 'the proof cannot be made now: ask again' },
	PROOF_FAILED: { kind: 'internal', message: 'the proof cannot be made' },
	EVIDENCE_MISSING: { kind: 'internal', message: 'an evidence that the notification names is missing' },
	EXPORT_MISSING: { kind: 'internal', message: 'the notification has no export' },
	CLAIM_PENDING: { kind: 'conflict', message: 'a decision about the notification is under way' },
	WORKFLOW_UNKNOWN: { kind: 'internal', message: 'there is no workflow {workflow}' },
	INSTANCE_CONTENDED: { kind: 'conflict', message: 'the workflow instance keeps being changed by others' },
} as const;

/** Names of {@link stateEngineErrors}. */
export type StateEngineReason = keyof typeof stateEngineErrors;

/** Raises one of {@link stateEngineErrors}. */
export const stateEngineError = errorsOf(stateEngineErrors);

/** One of {@link stateEngineErrors} as the answer for one item of a batch. */
export function itemFailure(reason: StateEngineReason, details: Readonly<Record<string, string>> = {}): ItemFailure {
	return { reason, message: stateEngineError(reason, details).message, details: { ...details } };
}

/** Any failure as a {@link DomainError}; one without a name says nothing about its inside. */
export function asDomainError(error: unknown): DomainError {
	return error instanceof DomainError ? error : new DomainError('INTERNAL', 'internal', 'internal failure', {}, { cause: error });
}

import { errorsOf } from '@fefaent/kernel';

/** What the evidence service refuses a request for. */
export const evidenceErrors = {
	BATCH_SIZE: { kind: 'invalid', message: 'a batch holds 1 to {max} items' },
	ITEM_INVALID: { kind: 'invalid', message: 'item {index} is not a valid request: {field}' },
	CLAIM_MISSING: { kind: 'precondition', message: 'the notification {id} has no decision to prove' },
	TRANSITION_WITHOUT_EVIDENCE: { kind: 'precondition', message: 'the decision of the notification {id} has no evidence: {transition}' },
	FACT_MISSING: { kind: 'precondition', message: 'the notification {id} lacks a fact that its evidence states: {fact}' },
	TSA_UNAVAILABLE: { kind: 'unavailable', message: 'the time-stamping authority gives no time-stamp: {detail}' },
	SIGNER_UNAVAILABLE: { kind: 'unavailable', message: 'the signing key does not sign now' },
	SEALING_FAILED: { kind: 'internal', message: 'evidences could not be sealed' },
	SEALING_INTERRUPTED: { kind: 'unavailable', message: 'the threads that seal evidences keep ending' },
	SEALING_OVERDUE: { kind: 'unavailable', message: 'sealing takes longer than it may' },
	SEALING_BUSY: { kind: 'exhausted', message: 'too many evidences wait to be sealed' },
	DECISION_ABANDONED: { kind: 'precondition', message: 'the decision of the notification {id} was given up' },
	OTHER_DECISION_PROVED: { kind: 'precondition', message: 'the evidence of the notification {id} is of another decision: {transition}' },
	NOT_RUNNING: { kind: 'unavailable', message: 'the evidence service is not running' },
	TRUST_SETTINGS: { kind: 'invalid', message: 'the settings of keys and time-stamps do not fit together: {detail}' },
} as const;

/** Raises one of {@link evidenceErrors}. */
export const evidenceError = errorsOf(evidenceErrors);

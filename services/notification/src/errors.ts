import { errorsOf } from '@fefaent/kernel';

/** What the notification service refuses a request for, or one item of it. */
export const notificationErrors = {
	BATCH_SIZE: { kind: 'invalid', message: 'a batch holds 1 to {max} items' },
	DRAFT_INVALID: { kind: 'invalid', message: 'draft {index} is out of bounds: {field}' },
	ITEM_INVALID: { kind: 'invalid', message: 'item {index} is not a valid request: {field}' },
	ISSUER_REFERENCE_TAKEN: { kind: 'alreadyExists', message: "the issuer's reference belongs to a notification of other content" },
	NOTIFICATION_UNKNOWN: { kind: 'notFound', message: 'there is no notification {id}' },
	CLAIM_MISSING: { kind: 'precondition', message: 'the notification {id} has no such decision to complete' },
	EXPORT_UNKNOWN: { kind: 'notFound', message: 'there is no export of the notification {id}' },
	NOTIFICATION_BUSY: { kind: 'conflict', message: 'too many changes of one notification at once' },
	IDS_EXHAUSTED: { kind: 'internal', message: 'the ids for notifications are used up' },
} as const;

/** Raises one of {@link notificationErrors}. */
export const notificationError = errorsOf(notificationErrors);

import { errorsOf } from '@fefaent/kernel';

/** What the notifier can refuse. How a notice can fail is told by `domain/failures.ts`. */
export const notifierErrors = {
	BATCH_SIZE: { kind: 'invalid', message: 'give 1 to {max} of them' },
	ITEM_INVALID: { kind: 'invalid', message: 'the {field} is not valid' },
	TEMPLATE_INVALID: { kind: 'invalid', message: 'the {part} of the template cannot be used: {problem}' },
	TEMPLATE_TOO_LARGE: { kind: 'invalid', message: 'the template renders to more than is allowed: {bound}' },
	NOTIFICATION_UNKNOWN: { kind: 'notFound', message: 'there is no such notification' },
	RECIPIENT_UNKNOWN: { kind: 'notFound', message: 'the notification has no such recipient' },
	SETTING_INVALID: { kind: 'precondition', message: '{setting} is not valid: {problem}' },
	SETTING_MISSING: { kind: 'precondition', message: '{setting} must be set for the chosen SMS provider' },
} as const;

/** Raises one of {@link notifierErrors}. */
export const notifierError = errorsOf(notifierErrors);

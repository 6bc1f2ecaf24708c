/** One way for a notice to fail at one address. */
export interface FailureDefinition {
	/** Whether trying again is of no use. */
	readonly permanent: boolean;
	/** What it means, for operators. */
	readonly description: string;
}

/**
 * Every way for a notice to fail, whichever the provider. What an operator can put right at our or the provider's side (credentials, relaying)
 * is not permanent: a wrong setting that is corrected the same day costs nobody a notice.
 */
export const failures = {
	MAILBOX_INVALID: { permanent: true, description: 'The mailbox is not written as one; it was not tried.' },
	MAILBOX_INTERNATIONAL: {
		permanent: true,
		description: 'The mailbox has letters beyond ASCII before the @, and the server takes no such mailboxes (SMTPUTF8).',
	},
	MAILBOX_UNKNOWN: { permanent: true, description: 'The domain takes no mail, or knows no such mailbox.' },
	MAILBOX_FULL: { permanent: false, description: 'The mailbox takes nothing more for now.' },
	MAILBOX_DISABLED: { permanent: true, description: 'The mailbox exists and takes no mail.' },
	MESSAGE_REFUSED: { permanent: true, description: 'The provider refused the message without a reason that we know.' },
	MESSAGE_TOO_LARGE: { permanent: true, description: 'The message is larger than the provider takes.' },
	CONTENT_REFUSED: { permanent: true, description: 'The provider refused what the message says (spam, policy, alphabet).' },
	RELAY_DENIED: { permanent: false, description: 'The server does not relay for us.' },
	AUTHENTICATION_FAILED: { permanent: false, description: 'The provider does not accept our credentials.' },
	PROVIDER_UNAVAILABLE: { permanent: false, description: 'The provider answers that it cannot work now.' },
	CONNECTION_FAILED: { permanent: false, description: 'The provider could not be reached, or the connection broke.' },
	TLS_FAILED: { permanent: false, description: 'No secure connection could be made.' },
	TIMED_OUT: { permanent: false, description: 'The provider did not answer in time; it may have taken the message.' },
	THROTTLED: { permanent: false, description: 'The provider asks to slow down.' },
	NUMBER_INVALID: { permanent: true, description: 'The telephone is no number that a message can be sent to.' },
	NUMBER_BARRED: { permanent: true, description: 'The telephone does not take such messages.' },
	UNKNOWN: { permanent: false, description: 'None of the others; the log tells more.' },
} as const satisfies Readonly<Record<string, FailureDefinition>>;

/** One of {@link failures}. */
export type FailureName = keyof typeof failures;

/** Whether trying again is of no use. */
export function isPermanent(failure: FailureName): boolean {
	return failures[failure].permanent;
}

/** Whether a text is one of {@link failures}. */
export function isFailureName(text: string): text is FailureName {
	return Object.hasOwn(failures, text);
}

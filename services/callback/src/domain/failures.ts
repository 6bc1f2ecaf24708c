/**
 * Whom a failed attempt concerns, and so who waits:
 * - `endpoint`: the receiver was not reached, or takes nothing now; everything for the endpoint waits.
 * - `message`: the receiver answered, and refused this message; only its notification waits.
 * - `either`: the receiver broke while it had the message. The endpoint waits, and a message at which that happens again steps aside, so that
 *   one that breaks its receiver does not hold up the others.
 * - `final`: no further attempt can help.
 */
export type Concern = 'endpoint' | 'message' | 'either' | 'final';

/** Why an attempt failed, or why a delivery was given up: the vocabulary of the communication log. */
export const failures = {
	/** The name resolves to an address, or the URL names a port, that is not to be called (SSRF guard). */
	ADDRESS_FORBIDDEN: 'endpoint',
	NAME_UNRESOLVED: 'endpoint',
	CONNECTION_REFUSED: 'endpoint',
	CONNECTION_TIMED_OUT: 'endpoint',
	/** The connection ended before a whole answer had come. */
	CONNECTION_LOST: 'either',
	/** The receiver's certificate is not trusted, or it does not trust ours, or there is no protocol in common. */
	TLS_FAILED: 'endpoint',
	RESPONSE_TIMED_OUT: 'either',
	/** 3xx: never followed. */
	REDIRECTED: 'endpoint',
	/** 401 and 407. */
	CREDENTIALS_REFUSED: 'endpoint',
	/** 429 and 503; `Retry-After` is honoured. */
	RECEIVER_BUSY: 'endpoint',
	/** Any other 4xx. */
	HTTP_CLIENT_ERROR: 'message',
	/** Any other 5xx. */
	HTTP_SERVER_ERROR: 'either',
	/** 410 to the JSON form: the endpoint is disabled (Standard Webhooks 1.0, "Delivery success and failure"). */
	ENDPOINT_GONE: 'final',
	/** No HTTP, no XML, not of the schema, or about another notification. */
	ANSWER_INVALID: 'message',
	ANSWER_TOO_LARGE: 'message',
	/** `RespostaActualitzarEstat` with an `Error`. */
	RECEIVER_ERROR: 'message',
	/** A SOAP fault. */
	RECEIVER_FAULT: 'message',
	/** The secrets of the endpoint, or its certificates, cannot be read. */
	ENDPOINT_UNUSABLE: 'endpoint',
	/** The evidence that the change names is not there (yet). */
	EVIDENCE_MISSING: 'message',
	/** The notification ended its life here before it could be told. */
	NOTIFICATION_PURGED: 'final',
	ENDPOINT_DELETED: 'final',
	/** It waited while the endpoint used up the whole schedule without being reached. */
	ENDPOINT_UNREACHABLE: 'final',
} as const satisfies Readonly<Record<string, Concern>>;

/** One of {@link failures}. */
export type FailureName = keyof typeof failures;

/** Whom a failure concerns. */
export function concernOf(failure: FailureName): Concern {
	return failures[failure];
}

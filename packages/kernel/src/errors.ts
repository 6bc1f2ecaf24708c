/**
 * The kinds of failure that a caller can tell apart, after the canonical gRPC codes (the wire gives them back as such):
 * what went wrong, and so whether asking again can help.
 */
export const failureKinds = {
	invalid: { grpcStatus: 3, http: 400, retryable: false },
	notFound: { grpcStatus: 5, http: 404, retryable: false },
	alreadyExists: { grpcStatus: 6, http: 409, retryable: false },
	denied: { grpcStatus: 7, http: 403, retryable: false },
	exhausted: { grpcStatus: 8, http: 429, retryable: true },
	precondition: { grpcStatus: 9, http: 409, retryable: false },
	conflict: { grpcStatus: 10, http: 409, retryable: true },
	unimplemented: { grpcStatus: 12, http: 501, retryable: false },
	internal: { grpcStatus: 13, http: 500, retryable: false },
	unavailable: { grpcStatus: 14, http: 503, retryable: true },
	unauthenticated: { grpcStatus: 16, http: 401, retryable: false },
	timedOut: { grpcStatus: 4, http: 504, retryable: true },
} as const;

/** One of {@link failureKinds}. */
export type FailureKind = keyof typeof failureKinds;

/** One entry of a service's error catalogue. */
export interface ErrorDefinition {
	readonly kind: FailureKind;
	/** What the caller may be told; `{name}` stands for a detail. Never holds personal data. */
	readonly message: string;
}

/** A service's error catalogue: reason (`SCREAMING_SNAKE_CASE`, the wire's `ErrorInfo.reason`) to definition. */
export type ErrorCatalogue = Readonly<Record<string, ErrorDefinition>>;

/** A failure with a name. Crosses every RPC transport unchanged: reason, kind, message and details. */
export class DomainError extends Error {
	override readonly name = 'DomainError';
	/** The name of the failure, from a service's catalogue. */
	readonly reason: string;
	readonly kind: FailureKind;
	/** Values that the message and a dialect's text may name. No personal data. */
	readonly details: Readonly<Record<string, string>>;

	constructor(reason: string, kind: FailureKind, message: string, details: Readonly<Record<string, string>> = {}, options?: ErrorOptions) {
		super(message, options);
		this.reason = reason;
		this.kind = kind;
		this.details = details;
	}

	/** Whether the same call may succeed later without any change. */
	get retryable(): boolean {
		return failureKinds[this.kind].retryable;
	}
}

/**
 * Makes the function that raises a catalogue's errors: `const fail = errorsOf(catalogue); throw fail('ISSUER_UNKNOWN', { code })`.
 * Placeholders of the message are filled from the details.
 */
export function errorsOf<C extends ErrorCatalogue>(catalogue: C) {
	return (reason: keyof C & string, details: Readonly<Record<string, string>> = {}, options?: ErrorOptions): DomainError => {
		const { kind, message } = catalogue[reason] as ErrorDefinition;
		return new DomainError(
			reason,
			kind,
			message.replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? ''),
			details,
			options,
		);
	};
}

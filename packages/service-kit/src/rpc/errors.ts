import { DomainError, errorsOf, type FailureKind, failureKinds } from '@fefaent/kernel';

/** Failures of the call itself, whatever the service. */
export const rpcErrors = {
	/** Raised by a client when the deadline passed before the answer came. The work may have been done all the same. */
	DEADLINE_EXCEEDED: { kind: 'timedOut', message: 'no answer to {method} in time' },
	/** Raised by a client when the service cannot be reached or is going away. */
	UNAVAILABLE: { kind: 'unavailable', message: 'the service of {method} cannot be reached' },
	/** Raised for a failure that the service did not foresee; what it was is in the service's log. */
	INTERNAL: { kind: 'internal', message: 'internal error in {method}' },
	/** Raised when the request or the answer is larger than the transport takes. */
	MESSAGE_TOO_LARGE: { kind: 'invalid', message: 'a message of {method} is too large' },
	/** Raised when the service has no such method: its version is older than its caller's. */
	UNIMPLEMENTED: { kind: 'unimplemented', message: '{method} is not there' },
	/** Raised when the caller is none that the service expects, or its certificate is not of the service that it says it is. */
	CALLER_REFUSED: { kind: 'denied', message: '{method} is not for this caller' },
	/** Raised at the start when the certificates for calls between services cannot be used. */
	TLS_FOLDER_UNUSABLE: { kind: 'invalid', message: 'the certificates in {path} cannot be used: {why}' },
} as const;

/** Makes the errors of {@link rpcErrors}. */
export const failCall = errorsOf(rpcErrors);

const kinds = new Map<number, FailureKind>(Object.entries(failureKinds).map(([kind, { grpcStatus }]) => [grpcStatus, kind as FailureKind]));

/** The kind of failure that a gRPC status stands for; `internal` for one that no kind has. */
export function kindOfStatus(status: number): FailureKind {
	return kinds.get(status) ?? 'internal';
}

/**
 * What a caller is told of a failure: a DomainError without its cause, anything else as INTERNAL. The same on every transport.
 * @param method for the message: `NotificationService/Create`
 */
export function publicError(error: unknown, method: string): DomainError {
	if (!(error instanceof DomainError)) return failCall('INTERNAL', { method });
	return error.cause === undefined ? error : new DomainError(error.reason, error.kind, error.message, error.details);
}

import { type FailureName, isFailureName } from '../../domain/failures.ts';
import { isTlsFailure } from '../tls-failure.ts';

/** Statuses that say more than their class. A 401 or 403 is a matter of our credentials, which an operator can put right. */
const byStatus: Readonly<Record<number, FailureName>> = {
	401: 'AUTHENTICATION_FAILED',
	403: 'AUTHENTICATION_FAILED',
	407: 'AUTHENTICATION_FAILED',
	408: 'TIMED_OUT',
	413: 'CONTENT_REFUSED',
	425: 'PROVIDER_UNAVAILABLE',
	429: 'THROTTLED',
	504: 'TIMED_OUT',
};

/**
 * Tells what a status other than 2xx means. A refused message (400, 409, 422) may name its reason in the body's `code`, in our own vocabulary.
 * @param body the answer as JSON; undefined when it was none
 */
export function httpFailure(status: number, body: unknown): FailureName {
	const known = byStatus[status];
	if (known !== undefined) return known;
	if (status >= 500) return 'PROVIDER_UNAVAILABLE';
	// A redirect is not followed: where messages go is for the operator to say.
	if (status < 400) return 'UNKNOWN';
	const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
	return typeof code === 'string' && isFailureName(code) ? code : 'MESSAGE_REFUSED';
}

/** Tells what a request without an answer means, by the code of undici's or the system's error. */
export function requestFailure(error: unknown): FailureName {
	const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
	if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || (error instanceof Error && error.name === 'TimeoutError')) {
		return 'TIMED_OUT';
	}
	if (isTlsFailure(code)) return 'TLS_FAILED';
	return /^(E[A-Z]+|UND_ERR_(SOCKET|CONNECT_TIMEOUT|CLOSED|DESTROYED))$/.test(code) ? 'CONNECTION_FAILED' : 'UNKNOWN';
}

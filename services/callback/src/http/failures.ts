import type { FailureName } from '../domain/failures.ts';
import { NotReached } from './connector.ts';

const byCode: Readonly<Record<string, FailureName>> = {
	ECONNREFUSED: 'CONNECTION_REFUSED',
	EHOSTUNREACH: 'CONNECTION_REFUSED',
	ENETUNREACH: 'CONNECTION_REFUSED',
	EADDRNOTAVAIL: 'CONNECTION_REFUSED',
	EACCES: 'CONNECTION_REFUSED',
	EPERM: 'CONNECTION_REFUSED',
	ETIMEDOUT: 'CONNECTION_TIMED_OUT',
	UND_ERR_CONNECT_TIMEOUT: 'CONNECTION_TIMED_OUT',
	ENOTFOUND: 'NAME_UNRESOLVED',
	EAI_AGAIN: 'NAME_UNRESOLVED',
	UND_ERR_HEADERS_TIMEOUT: 'RESPONSE_TIMED_OUT',
	UND_ERR_BODY_TIMEOUT: 'RESPONSE_TIMED_OUT',
	UND_ERR_HEADERS_OVERFLOW: 'ANSWER_TOO_LARGE',
	UND_ERR_RES_EXCEEDED_MAX_SIZE: 'ANSWER_TOO_LARGE',
	UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ANSWER_INVALID',
	EPROTO: 'TLS_FAILED',
	UND_ERR_SOCKET: 'CONNECTION_LOST',
	ECONNRESET: 'CONNECTION_LOST',
	EPIPE: 'CONNECTION_LOST',
};

/** Names of verification failures of OpenSSL, which come as they are. */
const certificate =
	/^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|ERR_SSL_|INVALID_CA|PATH_LENGTH_|HOSTNAME_MISMATCH|ERROR_IN_CERT)/;

/** What a failed exchange is called in the log. What nobody has named yet counts as a lost connection. */
export function failureOf(error: unknown): FailureName {
	for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
		if (at instanceof NotReached) return at.failure;
		// What came is no HTTP; only some of these have a code.
		if (at.name === 'HTTPParserError') return 'ANSWER_INVALID';
		const code: unknown = Reflect.get(at, 'code');
		if (typeof code !== 'string') {
			// All addresses of a name failed: the first one speaks for them.
			if (at instanceof AggregateError && at.errors.length > 0) return failureOf(at.errors[0]);
			continue;
		}
		if (certificate.test(code)) return 'TLS_FAILED';
		// An alert of the peer ends a TLS connection in mid-air; undici wraps the error of the socket.
		const known = byCode[code];
		if (known !== undefined && !(known === 'CONNECTION_LOST' && at.cause instanceof Error)) return known;
	}
	return 'CONNECTION_LOST';
}

/** Why the HTTP layer takes a request no further. */
export type RefusalReason =
	| 'unauthenticated'
	| 'not-local'
	| 'method'
	| 'media-type'
	| 'content-encoding'
	| 'too-large'
	| 'busy'
	| 'draining';

const statuses: Readonly<Record<RefusalReason, number>> = {
	unauthenticated: 401,
	'not-local': 401,
	method: 405,
	'media-type': 415,
	'content-encoding': 415,
	'too-large': 413,
	busy: 503,
	draining: 503,
};

/** Two ways to give the same key (RFC 6750 section 3; the header has no registered scheme). */
const keyWanted = { 'WWW-Authenticate': 'Bearer realm="fefaent"' };

const headers: Readonly<Partial<Record<RefusalReason, Readonly<Record<string, string>>>>> = {
	unauthenticated: keyWanted,
	'not-local': keyWanted,
	busy: { 'Retry-After': '1' },
	draining: { 'Retry-After': '5' },
	// RFC 7694 section 3: what would have been taken.
	'content-encoding': { 'Accept-Encoding': 'identity' },
};

/** Thrown where HTTP itself answers; the face only words it. */
export class HttpRefusal extends Error {
	override readonly name = 'HttpRefusal';
	readonly reason: RefusalReason;
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;

	constructor(reason: RefusalReason, message: string, extra: Readonly<Record<string, string>> = {}) {
		super(message);
		this.reason = reason;
		this.status = statuses[reason];
		this.headers = { ...headers[reason], ...extra };
	}
}

/** The caller went away before its request was whole: there is nobody to answer. */
export class ConnectionLost extends Error {
	override readonly name = 'ConnectionLost';
}

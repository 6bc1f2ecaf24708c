import type { IncomingHttpHeaders } from 'node:http';

/**
 * The API key that a request gives: `X-API-Key`, or `Authorization: Bearer` (RFC 6750).
 * @returns undefined when it gives none; an empty string when what it gives cannot be a key, two different ones included
 */
export function givenKey(headers: IncomingHttpHeaders): string | undefined {
	const header = headers['x-api-key'];
	const own = Array.isArray(header) ? '' : header?.trim();
	const bearer = bearerOf(headers.authorization);
	if (own === undefined) return bearer;
	return bearer === undefined || bearer === own ? own : '';
}

function bearerOf(authorization: string | undefined): string | undefined {
	if (authorization === undefined) return undefined;
	// Another scheme is a credential that we do not take, not the absence of one.
	return /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
}

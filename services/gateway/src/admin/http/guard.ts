import { hash, timingSafeEqual } from 'node:crypto';
import { isLoopbackHost } from '@fefaent/service-kit';
import type { RequestHandler } from 'express';
import type { AdminConfig } from '../config.ts';
import { adminError } from '../errors.ts';

/**
 * Keeps pages of other sites away. Where no token guards the API, a page could reach it through the operator's browser: by a name that it makes
 * resolve to this machine (DNS rebinding), so only known names are answered; or as another origin, so such requests are refused, and no CORS
 * header is ever sent.
 */
export function siteGuard(config: AdminConfig): RequestHandler {
	const own = config.FEFAENT_ADMIN_HOST;
	const names = new Set([
		own.includes(':') ? `[${own}]` : own.toLowerCase(),
		...(config.FEFAENT_ADMIN_HOSTS ?? []).map((one) => one.toLowerCase()),
	]);
	return (request, _, next) => {
		const host = request.headers.host?.toLowerCase();
		if (host === undefined) throw adminError('ADMIN_HOST_REFUSED');
		const name = host.replace(/:\d+$/, '');
		if (config.FEFAENT_ADMIN_TOKEN === undefined && !isLoopbackHost(name) && !names.has(name)) throw adminError('ADMIN_HOST_REFUSED');
		const { origin } = request.headers;
		if (origin !== undefined && URL.parse(origin)?.host !== host) throw adminError('ADMIN_HOST_REFUSED');
		next();
	};
}

/** Asks for the admin token, where there is one. */
export function tokenGuard(config: AdminConfig): RequestHandler {
	const token = config.FEFAENT_ADMIN_TOKEN;
	if (token === undefined) return (_request, _response, next) => next();
	const expected = hash('sha256', token, 'buffer');
	return (request, response, next) => {
		const [, given = ''] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
		// Digests have one length, so that the comparison tells nothing of the token's.
		if (timingSafeEqual(hash('sha256', given, 'buffer'), expected)) return next();
		response.setHeader('WWW-Authenticate', 'Bearer realm="fefaent-admin"');
		throw adminError('ADMIN_TOKEN_WRONG');
	};
}

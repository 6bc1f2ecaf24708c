import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackHost } from '@fefaent/service-kit';

/** What a proxy adds; with one in between, who calls may be anyone, though the connection comes from this machine. */
const proxied = /^(?:forwarded|via|x-real-ip|x-forwarded-.*)$/;

/**
 * Why a request that came over loopback may still be somebody else's: a page of another site, which makes the browser of this machine ask (by a
 * name that it lets resolve to 127.0.0.1, DNS rebinding, or as another origin), or a caller elsewhere behind a proxy of this machine.
 * @returns undefined when nothing speaks against it
 */
export function notPlainlyLocal(headers: IncomingHttpHeaders): string | undefined {
	if (!namesLoopback(headers.host)) return 'without a key only requests to localhost, 127.0.0.1 or [::1] are taken';
	if (headers.origin !== undefined && !originIsLoopback(headers.origin))
		return 'without a key no requests of pages of other sites are taken';
	if (headers['sec-fetch-site'] === 'cross-site') return 'without a key no requests of pages of other sites are taken';
	if (Object.keys(headers).some((name) => proxied.test(name))) return 'without a key no requests through a proxy are taken';
	return undefined;
}

/** Whether a Host header (RFC 9110 section 7.2) names this machine, at any port. */
function namesLoopback(host: string | undefined): boolean {
	const [, name = ''] = /^(\[[^\]]*\]|[^:[\]]*)(?::\d{1,5})?$/.exec(host ?? '') ?? [];
	return isLoopbackHost(name);
}

/** Whether an Origin header (RFC 6454 section 7) is a page of this machine; `null`, of sandboxed pages, is none. */
function originIsLoopback(origin: string): boolean {
	const [, authority] = /^https?:\/\/([^/?#@]+)$/i.exec(origin) ?? [];
	return namesLoopback(authority);
}

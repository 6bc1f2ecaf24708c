import type { AttemptResult } from '../domain/verdict.ts';
import type { HttpAnswer } from '../http/client.ts';

/** What an HTTP status other than 2xx means to every form. */
export function refusedByStatus({ status, headers }: HttpAnswer): AttemptResult {
	const waits = retryAfterMs(headers['retry-after']);
	const retryAfter = waits === undefined ? {} : { retryAfterMs: waits };
	if (status >= 300 && status < 400) return { status, failure: 'REDIRECTED' };
	if (status === 401 || status === 407) return { status, failure: 'CREDENTIALS_REFUSED' };
	if (status === 429 || status === 503) return { status, failure: 'RECEIVER_BUSY', ...retryAfter };
	if (status >= 400 && status < 500) return { status, failure: 'HTTP_CLIENT_ERROR', ...retryAfter };
	if (status >= 500 && status < 600) return { status, failure: 'HTTP_SERVER_ERROR', ...retryAfter };
	return { status, failure: 'ANSWER_INVALID' };
}

/** `Retry-After` (RFC 9110 section 10.2.3) in milliseconds: seconds, or a date of the receiver's real time. */
export function retryAfterMs(value: string | readonly string[] | undefined, realNow: number = Date.now()): number | undefined {
	const text = typeof value === 'string' ? value.trim() : '';
	if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
	// A date in HTTP always names its day first: no other text that Date.parse takes is meant.
	const at = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(at) ? undefined : Math.max(0, at - realNow);
}

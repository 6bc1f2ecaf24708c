import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type BackoffPolicy, backoffMs, crashpoint } from '@fefaent/kernel';
import { encodeTimeStampRequest, parseTimeStampResponse, verifyTimeStampToken } from '@fefaent/pki';
import { Pool } from 'undici';
import { evidenceError } from '../errors.ts';
import type { HttpAuthorityOptions, TimeStampAuthority } from './port.ts';

const backoff: BackoffPolicy = { firstMs: 200, factor: 3, maxMs: 3_000, jitter: 0.2 };
/** A token is a few kilobytes; more than this is no time-stamp. */
const maxAnswerBytes = 65_536;
const mediaTypes = { request: 'application/timestamp-query', response: 'application/timestamp-reply' };

/** An authority over HTTP (RFC 3161 section 3.4): each answer is checked before it is taken. */
export function httpAuthority(options: HttpAuthorityOptions): TimeStampAuthority {
	const url = new URL(options.url);
	const pool = new Pool(url.origin, {
		connections: options.connections,
		headersTimeout: options.timeoutMs,
		bodyTimeout: options.timeoutMs,
		connect: { timeout: options.timeoutMs },
	});
	const path = `${url.pathname}${url.search}`;
	return {
		stamp: (digests) => inParallel(digests, options.connections, (digest) => stampOne(pool, path, digest, options)),
		close: () => pool.close(),
	};
}

async function stampOne(pool: Pool, path: string, digest: Uint8Array, options: HttpAuthorityOptions): Promise<Uint8Array> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await askOnce(pool, path, digest, options);
		} catch (error) {
			if (attempt >= options.attempts) throw evidenceError('TSA_UNAVAILABLE', { detail: refusalOf(error) }, { cause: error });
			await delay(backoffMs(backoff, attempt));
		}
	}
}

/** What it did wrong; said to operators, holds nothing of the notification. */
class Refusal extends Error {}

async function askOnce(pool: Pool, path: string, digest: Uint8Array, options: HttpAuthorityOptions): Promise<Uint8Array> {
	const nonce = randomBytes(16);
	await crashpoint('evidence.tsa.before-request');
	const answer = await pool.request({
		method: 'POST',
		path,
		headers: { 'content-type': mediaTypes.request, accept: mediaTypes.response },
		body: Buffer.from(encodeTimeStampRequest(digest, nonce)),
		signal: AbortSignal.timeout(options.timeoutMs),
	});
	if (answer.statusCode !== 200) {
		await answer.body.dump();
		throw new Refusal(`HTTP status ${answer.statusCode}`);
	}
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
		length += chunk.length;
		if (length > maxAnswerBytes) throw new Refusal('the answer is too large');
		chunks.push(chunk);
	}
	const response = await parseTimeStampResponse(Buffer.concat(chunks)).catch(() => {
		throw new Refusal('the answer is no time-stamp response');
	});
	if (!response.granted) throw new Refusal(`refused with status ${response.status}`);
	const report = await verifyTimeStampToken(response.token, { digest, nonce, anchors: options.anchors });
	if (!report.trusted) throw new Refusal(report.reasons.join('; '));
	return response.token;
}

function refusalOf(error: unknown): string {
	if (error instanceof Refusal) return error.message;
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	return typeof code === 'string' ? code : 'no answer in time';
}

/** Runs the work for every item, so many at once; the first failure ends it, after what is under way has ended. */
async function inParallel<I, O>(items: readonly I[], limit: number, work: (item: I) => Promise<O>): Promise<O[]> {
	const results: O[] = [];
	let next = 0;
	let failed = false;
	const lane = async (): Promise<void> => {
		while (!failed && next < items.length) {
			const index = next++;
			try {
				results[index] = await work(items[index] as I);
			} catch (error) {
				failed = true;
				throw error;
			}
		}
	};
	const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
	for (const one of lanes) if (one.status === 'rejected') throw one.reason;
	return results;
}

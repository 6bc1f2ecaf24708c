import type { Pool } from 'undici';
import type { EndpointRecord, EndpointSecretSet } from '../domain/endpoint.ts';
import type { FailureName } from '../domain/failures.ts';
import type { Reach } from './addresses.ts';
import { guardedConnector } from './connector.ts';
import { failureOf } from './failures.ts';
import type { Resolve } from './resolve.ts';
import { secureContextOf } from './trust.ts';

/** What a receiver said. */
export interface HttpAnswer {
	readonly status: number;
	/** Names in small letters. */
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	/** Empty when it was not asked for. */
	readonly body: Uint8Array;
}

/** An answer, or why there is none. */
export type Exchange = { readonly answer: HttpAnswer } | { readonly failure: FailureName; readonly status: number };

/** One message to a receiver. */
export interface HttpMessage {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** Whether the answer's content matters; otherwise what it holds, or whether it ever ends, is of no consequence. */
	readonly readAnswer: boolean;
}

/** What connections to endpoints are made with. */
export interface ClientOptions {
	readonly reach: Reach;
	readonly resolve: Resolve;
	readonly connectTimeoutMs: number;
	readonly responseTimeoutMs: number;
	readonly answerMaxBytes: number;
}

/** What ends an exchange early. */
export interface ExchangeBounds {
	/** Gives it up. */
	readonly signal: AbortSignal;
	/** When it is over at the latest, however far it has come; in milliseconds of `performance.now()`. Nothing is sent after. */
	readonly endsAt: number;
}

/** The kept connections to one endpoint. */
export interface EndpointClient {
	/**
	 * Posts a message and waits for the whole answer. Redirects are not followed.
	 * @throws the signal's reason when it was given up by it
	 */
	post(message: HttpMessage, bounds: ExchangeBounds): Promise<Exchange>;
	close(): Promise<void>;
}

/** Opens nothing yet: connections are made as they are needed, and end when they are idle. @throws Error for PEM that cannot be used */
export async function endpointClient(record: EndpointRecord, secrets: EndpointSecretSet, options: ClientOptions): Promise<EndpointClient> {
	// Loaded with the first callback: an installation without any does not pay for it.
	const { Pool, buildConnector } = await import('undici');
	const { endpoint } = record;
	const url = new URL(endpoint.url);
	const secureContext = url.protocol === 'https:' ? secureContextOf({ ...secrets, caPem: endpoint.caPem }) : undefined;
	const pool = new Pool(url.origin, {
		connect: guardedConnector(buildConnector, {
			reach: options.reach,
			resolve: options.resolve,
			timeoutMs: options.connectTimeoutMs,
			secureContext,
		}),
		connections: Math.max(1, endpoint.maxInFlight),
		pipelining: 1,
		headersTimeout: options.responseTimeoutMs,
		bodyTimeout: options.responseTimeoutMs,
		maxHeaderSize: 16_384,
	});
	const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
	const portAllowed = options.reach.ports.length === 0 || options.reach.ports.includes(port);
	const path = `${url.pathname}${url.search}`;
	return {
		post: async (message, bounds) =>
			portAllowed ? post(pool, path, message, bounds, options) : { failure: 'ADDRESS_FORBIDDEN', status: 0 },
		close: () => pool.destroy(),
	};
}

async function post(
	pool: Pool,
	path: string,
	message: HttpMessage,
	{ signal, endsAt }: ExchangeBounds,
	options: ClientOptions,
): Promise<Exchange> {
	if (signal.aborted) throw signal.reason;
	const leftMs = endsAt - performance.now();
	if (leftMs <= 0) return { failure: 'CONNECTION_TIMED_OUT', status: 0 };
	const ending = new AbortController();
	const onStop = () => ending.abort();
	signal.addEventListener('abort', onStop, { once: true });
	// The whole exchange is bounded: an answer that drips for ever has a pause between no two bytes that is too long.
	const timer = setTimeout(() => ending.abort(), leftMs);
	const progress = { status: 0 };
	try {
		// undici heeds the signal only once it is connected. A request that was given up before is then not sent any more.
		return await Promise.race([exchange(pool, path, message, ending.signal, options, progress), rejectedBy(ending.signal)]);
	} catch (error) {
		if (signal.aborted) throw signal.reason;
		return { failure: ending.signal.aborted ? 'RESPONSE_TIMED_OUT' : failureOf(error), status: progress.status };
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onStop);
	}
}

/** @param progress told the status as soon as it is known */
async function exchange(
	pool: Pool,
	path: string,
	{ headers, body, readAnswer }: HttpMessage,
	signal: AbortSignal,
	options: ClientOptions,
	progress: { status: number },
): Promise<Exchange> {
	const answer = await pool.request({ method: 'POST', path, headers, body, signal });
	const status = answer.statusCode;
	progress.status = status;
	if (!readAnswer) {
		// A short rest is read so that the connection can be kept; one that is long, or slow to come, ends it.
		answer.body.on('error', () => {});
		const patience = AbortSignal.any([signal, AbortSignal.timeout(500)]);
		await answer.body.dump({ limit: 16_384, signal: patience }).catch(() => {});
		return { answer: { status, headers: answer.headers, body: new Uint8Array() } };
	}
	const content = await readBounded(answer.body, options.answerMaxBytes);
	if (content === undefined) return { failure: 'ANSWER_TOO_LARGE', status };
	return { answer: { status, headers: answer.headers, body: content } };
}

/** Never resolves; rejects when the signal is aborted. */
function rejectedBy(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}

/** The content, undefined when it is larger than allowed. */
async function readBounded(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Uint8Array | undefined> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of body) {
		size += part.byteLength;
		// Leaving the loop destroys the body, and its connection with it.
		if (size > maxBytes) return undefined;
		parts.push(part);
	}
	return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

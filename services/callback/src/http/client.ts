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

/** The kept connections to one endpoint. */
export interface EndpointClient {
	/** The endpoint's revision that it was made for. */
	readonly revision: number;
	/**
	 * Posts a message and waits for the whole answer. Redirects are not followed.
	 * @param signal gives it up: rejects with its reason
	 */
	post(message: HttpMessage, signal: AbortSignal): Promise<Exchange>;
	close(): Promise<void>;
}

/** Opens nothing yet: connections are made as they are needed, and end when they are idle. @throws Error for PEM that cannot be used */
export async function endpointClient(record: EndpointRecord, secrets: EndpointSecretSet, options: ClientOptions): Promise<EndpointClient> {
	// Loaded with the first callback: an installation without any does not pay for it.
	const { Pool, buildConnector } = await import('undici');
	const { endpoint, revision } = record;
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
		revision,
		post: async (message, signal) =>
			portAllowed ? post(pool, path, message, signal, options) : { failure: 'ADDRESS_FORBIDDEN', status: 0 },
		close: () => pool.destroy(),
	};
}

async function post(pool: Pool, path: string, message: HttpMessage, signal: AbortSignal, options: ClientOptions): Promise<Exchange> {
	const ending = new AbortController();
	const onStop = () => ending.abort(signal.reason);
	if (signal.aborted) throw signal.reason;
	signal.addEventListener('abort', onStop, { once: true });
	// The whole exchange is bounded: an answer that drips for ever has a pause between no two bytes that is too long.
	const timer = setTimeout(() => ending.abort(), options.connectTimeoutMs + options.responseTimeoutMs);
	let status = 0;
	try {
		const { headers, body } = message;
		const answer = await pool.request({ method: 'POST', path, headers, body, signal: ending.signal });
		status = answer.statusCode;
		if (!message.readAnswer) {
			// A short rest is read so that the connection can be kept; one that is long, or slow to come, ends it.
			answer.body.on('error', () => {});
			const patience = setTimeout(() => ending.abort(), 500);
			await answer.body.dump({ limit: 16_384, signal: ending.signal }).catch(() => {});
			clearTimeout(patience);
			return { answer: { status, headers: answer.headers, body: new Uint8Array() } };
		}
		const content = await readBounded(answer.body, options.answerMaxBytes);
		if (content === undefined) return { failure: 'ANSWER_TOO_LARGE', status };
		return { answer: { status, headers: answer.headers, body: content } };
	} catch (error) {
		if (signal.aborted) throw signal.reason;
		return { failure: ending.signal.aborted ? 'RESPONSE_TIMED_OUT' : failureOf(error), status };
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onStop);
	}
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

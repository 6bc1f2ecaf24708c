import type { Pool } from 'undici';
import { withDeadline } from '../../deadline.ts';
import { type AddressOutcome, failed } from '../../domain/outcome.ts';
import { httpFailure, requestFailure } from './http-failures.ts';
import type { OutgoingSms, SmsSender } from './port.ts';

/** How SMS reach a provider by HTTP. */
export interface HttpSmsOptions {
	/** Takes the POST. */
	readonly url: string;
	/** Bearer token. */
	readonly token: string | undefined;
	/** PEM of the authorities to trust in place of the public ones. */
	readonly ca: string | undefined;
	readonly from: string;
	readonly concurrency: number;
	/** For the connection and for the answer; real time in milliseconds. */
	readonly timeoutMs: number;
}

/** Longest answer that is read, in bytes. */
const maxAnswer = 65_536;

/**
 * Hands SMS to a provider: a POST of `{"reference", "to", "from", "text"}`, repeated under the same reference (also as `Idempotency-Key`). 2xx is taken,
 * with the provider's own name for it in the answer's `id`.
 */
export class HttpSmsSender implements SmsSender {
	readonly name = 'http';
	readonly concurrency: number;
	readonly #options: HttpSmsOptions;
	readonly #path: string;
	#pool: Promise<Pool> | undefined;

	constructor(options: HttpSmsOptions) {
		this.#options = options;
		this.concurrency = options.concurrency;
		const { pathname, search } = new URL(options.url);
		this.#path = pathname + search;
	}

	async send(sms: OutgoingSms, deadline: AbortSignal): Promise<AddressOutcome> {
		try {
			// A share of its own, since an answer that trickles in is noticed by no time-out of the connection and would take all the others' time.
			return await withDeadline(this.#options.timeoutMs * 2, (signal) => this.#post(sms, signal), deadline);
		} catch (error) {
			return failed(requestFailure(error));
		}
	}

	async close(): Promise<void> {
		await (await this.#pool)?.close();
	}

	async #post({ reference, to, text }: OutgoingSms, signal: AbortSignal): Promise<AddressOutcome> {
		const { token, from } = this.#options;
		this.#pool ??= openPool(this.#options);
		const { statusCode, body } = await (await this.#pool).request({
			method: 'POST',
			path: this.#path,
			headers: {
				'content-type': 'application/json',
				accept: 'application/json',
				'idempotency-key': reference,
				...(token !== undefined && { authorization: `Bearer ${token}` }),
			},
			body: JSON.stringify({ reference, to, from, text }),
			signal,
		});
		const taken = statusCode >= 200 && statusCode < 300;
		const answer = await readJson(body).catch((error: unknown) => {
			// The status has decided: what could not be read of an accepted message is its name only.
			if (taken) return undefined;
			throw error;
		});
		return taken ? { kind: 'accepted', reference: idOf(answer) } : failed(httpFailure(statusCode, answer));
	}
}

async function openPool({ url, ca, concurrency, timeoutMs }: HttpSmsOptions): Promise<Pool> {
	const { Pool } = await import('undici');
	return new Pool(new URL(url).origin, {
		connections: concurrency,
		connect: { timeout: timeoutMs, ...(ca !== undefined && { ca }) },
		headersTimeout: timeoutMs,
		bodyTimeout: timeoutMs,
	});
}

/** Reads a bounded answer; undefined when it is no JSON, or too long. */
async function readJson(body: AsyncIterable<Uint8Array>): Promise<unknown> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of body) {
		size += chunk.length;
		if (size > maxAnswer) return undefined;
		chunks.push(chunk);
	}
	try {
		return JSON.parse(Buffer.concat(chunks).toString('utf8'));
	} catch {
		return undefined;
	}
}

function idOf(answer: unknown): string {
	const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined;
	return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 100) : '';
}

import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import { unlessAborted } from '../../deadline.ts';
import type { FailureName } from '../../domain/failures.ts';
import { isTlsFailure } from '../tls-failure.ts';
import { smppFailure } from './smpp-failures.ts';
import { loadSmpp, type SmppRequest, type SmppResponse, type SmppSession } from './smpp-library.ts';

/** Where to bind, and as whom. Times are real time in milliseconds. */
export interface SmppConnectionOptions {
	/** `smpp://` or `ssmpp://` (TLS), with system id and password. */
	readonly url: string;
	readonly systemType: string;
	/** PEM of the authorities to trust in place of the public ones. */
	readonly ca: string | undefined;
	/** For the connection, the bind and each answer. */
	readonly timeoutMs: number;
	/** How often the server is asked whether it still listens. */
	readonly enquireEveryMs: number;
}

/** A request that came to nothing. */
export class SmppError extends Error {
	override readonly name = 'SmppError';
	readonly failure: FailureName;

	constructor(failure: FailureName) {
		super(failure);
		this.failure = failure;
	}
}

const reconnect: BackoffPolicy = { firstMs: 200, factor: 2, maxMs: 30_000, jitter: 0.2 };

/** One bound connection to an SMPP server: opened when first needed, and again, with a back-off, after it broke. */
export class SmppConnection {
	readonly #options: SmppConnectionOptions;
	#session: SmppSession | undefined;
	#opening: Promise<SmppSession> | undefined;
	#failures = 0;
	#lastFailure: FailureName = 'CONNECTION_FAILED';
	#notBefore = 0;
	readonly #closing = new AbortController();

	constructor(options: SmppConnectionOptions) {
		this.#options = options;
	}

	/** Submits one message. @returns the server's name for it @throws SmppError; the deadline's reason once it is aborted */
	async submit(fields: Readonly<Record<string, unknown>>, deadline: AbortSignal): Promise<string> {
		const session = await unlessAborted(this.#bound(), deadline);
		const answer = this.#request(session, (answered) => session.submit_sm(fields, answered));
		const { command_status, message_id } = await unlessAborted(answer, deadline);
		if (command_status !== 0) throw new SmppError(smppFailure(command_status));
		return message_id ?? '';
	}

	/** Unbinds and closes. */
	async close(): Promise<void> {
		this.#closing.abort();
		const session = this.#session ?? (await this.#opening?.catch(() => undefined));
		if (session === undefined) return;
		// A server that does not answer is left all the same.
		await this.#request(session, (answered) => session.unbind({}, answered)).catch(() => {});
		session.destroy();
	}

	async #bound(): Promise<SmppSession> {
		if (this.#session !== undefined) return this.#session;
		this.#opening ??= this.#open().finally(() => {
			this.#opening = undefined;
		});
		return this.#opening;
	}

	async #open(): Promise<SmppSession> {
		const wait = this.#notBefore - Date.now();
		// Longer than anyone here would wait: fail as the last try did.
		if (wait > this.#options.timeoutMs) throw new SmppError(this.#lastFailure);
		try {
			if (wait > 0) await delay(wait, undefined, { signal: this.#closing.signal });
			if (this.#closing.signal.aborted) throw new SmppError('CONNECTION_FAILED');
			const session = await this.#connect();
			this.#failures = 0;
			return session;
		} catch (error) {
			this.#failures++;
			this.#lastFailure = error instanceof SmppError ? error.failure : 'CONNECTION_FAILED';
			this.#notBefore = Date.now() + backoffMs(reconnect, this.#failures);
			throw new SmppError(this.#lastFailure);
		}
	}

	async #connect(): Promise<SmppSession> {
		const { url, systemType, ca, timeoutMs } = this.#options;
		const { protocol, hostname, port, username, password } = new URL(url);
		const tls = protocol === 'ssmpp:';
		const host = hostname.replace(/^\[|\]$/g, '');
		const { promise: connected, resolve, reject } = Promise.withResolvers<void>();
		const session = loadSmpp().connect(
			{
				host,
				port: port === '' ? (tls ? 3550 : 2775) : Number(port),
				tls,
				// An address is no name to ask for (RFC 6066 section 3); the certificate is held against it all the same.
				...(isIP(host) === 0 && { servername: host }),
				...(ca !== undefined && { ca }),
			},
			resolve,
		);
		// Whatever is wrong with a connection, it is of no more use: the library does not go on reading after an error.
		session.on('error', (error: { readonly code?: string }) => {
			reject(new SmppError(isTlsFailure(error.code ?? '') ? 'TLS_FAILED' : 'CONNECTION_FAILED'));
			session.destroy();
		});
		session.on('close', () => reject(new SmppError('CONNECTION_FAILED')));
		for (const command of ['deliver_sm', 'enquire_link', 'unbind']) {
			session.on(command, (request: SmppRequest) => session.send(request.response()));
		}
		const timer = setTimeout(() => reject(new SmppError('TIMED_OUT')), timeoutMs);
		try {
			await connected;
			const fields = {
				system_id: decodeURIComponent(username),
				password: decodeURIComponent(password),
				system_type: systemType,
				interface_version: 0x34,
			};
			const { command_status } = await this.#request(session, (answered) => session.bind_transceiver(fields, answered));
			if (command_status !== 0) throw new SmppError(smppFailure(command_status));
		} catch (error) {
			session.destroy();
			throw error;
		} finally {
			clearTimeout(timer);
		}
		this.#keep(session);
		return session;
	}

	/** Uses a bound session until it closes; a server that no longer answers is found out. */
	#keep(session: SmppSession): void {
		this.#session = session;
		const enquire = setInterval(() => {
			this.#request(session, (answered) => session.enquire_link({}, answered)).catch(() => session.destroy());
		}, this.#options.enquireEveryMs);
		enquire.unref();
		session.once('close', () => {
			clearInterval(enquire);
			if (this.#session === session) this.#session = undefined;
		});
	}

	/** Sends a request and waits for its answer, as long as the connection stands. */
	#request(session: SmppSession, send: (answered: (response: SmppResponse) => void) => boolean): Promise<SmppResponse> {
		return new Promise((resolve, reject) => {
			const finish = (): void => {
				clearTimeout(timer);
				session.off('close', closed);
			};
			const closed = (): void => {
				finish();
				reject(new SmppError('CONNECTION_FAILED'));
			};
			const timer = setTimeout(() => {
				finish();
				reject(new SmppError('TIMED_OUT'));
			}, this.#options.timeoutMs);
			session.setMaxListeners(0);
			session.once('close', closed);
			const written = send((response) => {
				finish();
				resolve(response);
			});
			if (!written) closed();
		});
	}
}

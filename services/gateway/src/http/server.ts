import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@fefaent/service-kit';

/** What a listener needs to be told. Times in milliseconds, real time. */
export interface ListenOptions {
	readonly host: string;
	/** 0 takes a free one. */
	readonly port: number;
	readonly headersTimeoutMs: number;
	readonly requestTimeoutMs: number;
	readonly keepAliveMs: number;
	readonly drainTimeoutMs: number;
	/** Most connections at once; more are closed as they come. */
	readonly maxConnections: number;
	readonly logger: Logger;
	/** Server certificate and the like: makes it a TLS listener. */
	readonly tls?: TlsServerOptions;
}

/** A port that answers. */
export interface Listener {
	readonly port: number;
	/** Stops accepting, lets requests under way finish, then cuts what is left. */
	drain(): Promise<void>;
}

/** Node answers 408 to slow headers and slow bodies by itself; how often it looks bounds how late. */
const checkEveryMs = 1_000;

/** Opens a port. @throws the system's error when it cannot be had */
export async function listen(
	handler: (request: IncomingMessage, response: ServerResponse) => void,
	options: ListenOptions,
): Promise<Listener> {
	const common: ServerOptions = {
		headersTimeout: Math.min(options.headersTimeoutMs, options.requestTimeoutMs),
		requestTimeout: options.requestTimeoutMs,
		connectionsCheckingInterval: Math.min(checkEveryMs, options.headersTimeoutMs, options.requestTimeoutMs),
		keepAliveTimeout: options.keepAliveMs,
		maxHeaderSize: 16 * 1024,
		noDelay: true,
	};
	const server: Server = options.tls ? createTlsServer({ ...common, ...options.tls }, handler) : createServer(common, handler);
	server.maxRequestsPerSocket = 0;
	server.maxConnections = options.maxConnections;
	server.on('drop', dropped(options.logger));
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	server.once('error', reject);
	server.listen(options.port, options.host, resolve);
	await promise;
	server.off('error', reject);
	server.on('error', (err) => options.logger.error({ err }, 'the public server failed'));
	// A failed handshake is the other side's affair; without a listener it would go to clientError as noise.
	server.on('tlsClientError', () => {});
	return {
		port: (server.address() as AddressInfo).port,
		drain: () => drained(server, options),
	};
}

/** Says that connections are turned away, once a minute at most. */
function dropped(logger: Logger): () => void {
	let last = Number.NEGATIVE_INFINITY;
	return () => {
		const now = performance.now();
		if (now - last < 60_000) return;
		last = now;
		logger.warn('there are as many connections as are allowed: more are closed as they come');
	};
}

async function drained(server: Server, { drainTimeoutMs, logger }: ListenOptions): Promise<void> {
	const closed = new Promise<void>((resolve) => server.close(() => resolve()));
	server.closeIdleConnections();
	const timer = setTimeout(() => {
		logger.warn('requests under way did not end in time: their connections are cut');
		server.closeAllConnections();
	}, drainTimeoutMs);
	await closed;
	clearTimeout(timer);
}

import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { portOf } from './listening.ts';
import { Recorder } from './recorder.ts';

/** A request that the receiver got whole. */
export interface ReceivedRequest {
	readonly method: string;
	/** Path and query. */
	readonly path: string;
	/** By name in small letters; repeated ones joined by a comma. */
	readonly headers: ReadonlyMap<string, string>;
	readonly body: Buffer;
	/** When it had come whole. */
	readonly at: Date;
	/** Its place in the order of arrival, from 0. */
	readonly index: number;
	/** Common name of the client's certificate; empty without mTLS. */
	readonly clientName: string;
}

/** What to do with a request. */
export interface HttpAnswer {
	/** Default 200. */
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
	/** Milliseconds of real time before it answers, or cuts. Default 0. */
	readonly delayMs?: number;
	/** Never answers; the connection stays open until the client or `close()` ends it. */
	readonly hang?: boolean;
	/** Cuts the connection without an answer. */
	readonly dropConnection?: boolean;
}

/** Decides the answer to each request. */
export type HttpResponder = (request: ReceivedRequest) => HttpAnswer | Promise<HttpAnswer>;

/** How a recording HTTP server behaves. */
export interface HttpRecorderOptions {
	/** Default 0: a free one. */
	readonly port?: number;
	/** PEMs; with `clientCa` it asks for a client certificate of that authority and refuses any other. Default: plain HTTP. */
	readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa?: string };
	/** Default: 200 with no body. */
	readonly respond?: HttpResponder;
}

/** A real HTTP(S) server on loopback that keeps every request. */
export interface HttpRecorder extends AsyncDisposable {
	readonly port: number;
	/** Where it listens: `http://127.0.0.1:port`, or `https://localhost:port`, as certificates name it. */
	readonly url: string;
	/** Every request, in order of arrival. */
	readonly requests: readonly ReceivedRequest[];
	/** Connections accepted so far. */
	readonly connections: number;
	/** Changes how the requests from now on are answered. */
	respondWith(responder: HttpResponder): void;
	/** Waits until so many requests have come in all. @throws Error after `timeoutMs` milliseconds (default 5,000) */
	waitFor(count: number, timeoutMs?: number): Promise<readonly ReceivedRequest[]>;
	/** Waits for the first request that satisfies `wanted`. @throws Error after `timeoutMs` milliseconds (default 5,000) */
	waitFor(wanted: (request: ReceivedRequest) => boolean, timeoutMs?: number): Promise<ReceivedRequest>;
	/** Calls `listener` with each request from now on. Returns a function that stops it. */
	onRequest(listener: (request: ReceivedRequest) => void): () => void;
	/** Cuts every connection and stops. */
	close(): Promise<void>;
}

/** Starts an HTTP(S) server on loopback that keeps every request and answers as it is told. */
export async function startHttpRecorder(options: HttpRecorderOptions = {}): Promise<HttpRecorder> {
	const requests = new Recorder<ReceivedRequest>('requests');
	const closing = new AbortController();
	let respond: HttpResponder = options.respond ?? (() => ({}));
	let connections = 0;

	const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
		const body = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>));
		const request = receivedOf(incoming, body, requests.items.length);
		requests.add(request);
		const answer = await respond(request);
		if (answer.delayMs) await delay(answer.delayMs, undefined, { signal: closing.signal });
		if (answer.hang) return;
		if (answer.dropConnection) incoming.socket.destroy();
		else outgoing.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
	};
	const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
		// A request cut short by its client, a responder that failed or a server that closes: the client sees its connection end.
		handle(incoming, outgoing).catch(() => incoming.socket.destroy());
	};
	const { tls } = options;
	const server = tls
		? createHttpsServer(
				{ key: tls.key, cert: tls.cert, ...(tls.clientCa && { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }) },
				listener,
			)
		: createHttpServer(listener);
	server.on('connection', () => {
		connections++;
	});
	server.listen(options.port ?? 0, '127.0.0.1');
	await once(server, 'listening');
	const port = portOf(server);

	const close = async (): Promise<void> => {
		if (!server.listening) return;
		closing.abort();
		const closed = once(server, 'close');
		server.close();
		server.closeAllConnections();
		await closed;
	};
	return {
		port,
		url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
		requests: requests.items,
		get connections() {
			return connections;
		},
		respondWith: (responder) => {
			respond = responder;
		},
		waitFor: requests.waitFor.bind(requests),
		onRequest: (added) => requests.on(added),
		close,
		[Symbol.asyncDispose]: close,
	};
}

function receivedOf(incoming: IncomingMessage, body: Buffer, index: number): ReceivedRequest {
	const { socket } = incoming;
	const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
	return {
		method: incoming.method ?? '',
		path: incoming.url ?? '',
		headers: new Map(Object.entries(incoming.headersDistinct).map(([name, values]) => [name, values?.join(', ') ?? ''])),
		body,
		at: new Date(),
		index,
		clientName: typeof subject === 'string' ? subject : '',
	};
}

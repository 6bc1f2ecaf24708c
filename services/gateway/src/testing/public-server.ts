import { connect, type Socket } from 'node:net';
import { silentLogger } from '@fefaent/service-kit';
import type { Caller } from '../auth/caller.ts';
import { Budget } from '../http/budget.ts';
import type { Answer, Exchange, Face } from '../http/exchange.ts';
import { type PublicHandlerDeps, publicHandler } from '../http/handler.ts';
import { type Listener, type ListenOptions, listen } from '../http/server.ts';

/** A face that answers with what it was sent, for tests of the server around it. */
export function echoFace(handle?: (exchange: Exchange) => Promise<Answer>): Face {
	return {
		path: '/echo',
		methods: ['GET', 'POST'],
		refuse: (refusal) => ({ status: refusal.status, contentType: 'text/plain', body: `refused: ${refusal.reason}` }),
		handle:
			handle ??
			(async (exchange) => {
				const caller = await exchange.caller();
				const body = exchange.method === 'POST' ? await exchange.body() : Buffer.from(exchange.baseUrl);
				return {
					status: 200,
					contentType: 'text/plain',
					body,
					headers: { 'X-Caller': caller.kind === 'loopback' ? 'loopback' : caller.credentialId },
				};
			}),
	};
}

/** A public server on a free port with small bounds. */
export async function startPublicServer(
	face: Face,
	deps: Partial<PublicHandlerDeps> & { readonly listening?: Partial<ListenOptions> } = {},
): Promise<{ readonly listener: Listener; readonly budget: Budget; readonly url: string } & AsyncDisposable> {
	const budget = deps.budget ?? new Budget({ maxRequests: 4, maxBytes: 4096 });
	let draining = false;
	const handler = publicHandler({
		faces: [face],
		maxBodyBytes: 1024,
		answerTimeoutMs: 5_000,
		publicUrl: undefined,
		authenticate: async (): Promise<Caller> => ({ kind: 'loopback' }),
		health: () => undefined,
		draining: () => draining,
		logger: silentLogger,
		...deps,
		budget,
	});
	const listener = await listen(handler, {
		host: '127.0.0.1',
		port: 0,
		headersTimeoutMs: 5_000,
		requestTimeoutMs: 5_000,
		keepAliveMs: 5_000,
		drainTimeoutMs: 5_000,
		maxConnections: 100,
		logger: silentLogger,
		...deps.listening,
	});
	let over: Promise<void> | undefined;
	const drain = () => {
		draining = true;
		over ??= listener.drain();
		return over;
	};
	return {
		listener: { port: listener.port, drain },
		budget,
		url: `http://127.0.0.1:${listener.port}`,
		[Symbol.asyncDispose]: drain,
	};
}

/** A connection that speaks by itself, for requests that no client library would send. */
export function rawConnection(port: number): { readonly socket: Socket; readonly ended: Promise<string>; received(): string } {
	const socket = connect(port, '127.0.0.1');
	let text = '';
	socket.setEncoding('utf8');
	socket.on('data', (chunk: string) => {
		text += chunk;
	});
	const ended = new Promise<string>((resolve) => {
		socket.on('error', () => {});
		socket.on('close', () => resolve(text));
	});
	return { socket, ended, received: () => text };
}

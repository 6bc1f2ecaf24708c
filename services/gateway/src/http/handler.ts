import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { answering } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import type { Caller } from '../auth/caller.ts';
import { discardRest, readBody } from './body.ts';
import type { Budget, Share } from './budget.ts';
import { delivered } from './delivery.ts';
import type { Answer, Exchange, Face } from './exchange.ts';
import { ConnectionLost, HttpRefusal } from './refusal.ts';

/** What the public server is made of. */
export interface PublicHandlerDeps {
	readonly faces: readonly Face[];
	readonly budget: Budget;
	readonly maxBodyBytes: number;
	/** How long a caller may take to read its answer, in milliseconds of real time; then its connection is cut. */
	readonly answerTimeoutMs: number;
	/** Base URL to name in answers; absent: as the caller wrote it. */
	readonly publicUrl: string | undefined;
	readonly authenticate: (request: IncomingMessage) => Promise<Caller>;
	/** Answers `/health/...`; undefined for other paths. */
	readonly health: (path: string) => Promise<Answer> | undefined;
	/** Whether the server is going away. */
	readonly draining: () => boolean;
	readonly logger: Logger;
}

/** Makes the handler of the public ports: finds the face, keeps the bounds, writes the answer. */
export function publicHandler(deps: PublicHandlerDeps): (request: IncomingMessage, response: ServerResponse) => void {
	const faces = new Map(deps.faces.map((face) => [face.path, face]));
	return (request, response) => {
		respond(deps, faces, request, response).catch((err: unknown) => {
			if (err instanceof ConnectionLost) return;
			deps.logger.error({ err }, 'a request could not be answered');
			if (response.headersSent) response.destroy();
			else void send(deps, request, response, plain(500, 'internal error'));
		});
	};
}

async function respond(
	deps: PublicHandlerDeps,
	faces: ReadonlyMap<string, Face>,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = request.url ?? '/';
	const mark = url.indexOf('?');
	const path = mark < 0 ? url : url.slice(0, mark);
	const health = deps.health(path);
	if (health)
		return send(deps, request, response, request.method === 'GET' || request.method === 'HEAD' ? await health : notAllowed('GET, HEAD'));
	const face = faces.get(path);
	if (!face) return send(deps, request, response, plain(404, 'not found'));
	const share = deps.budget.enter();
	if (!share) return send(deps, request, response, refused(face, new HttpRefusal('busy', 'too many requests are under way')));
	try {
		const answer = await answering(() => answered(deps, face, request, mark < 0 ? '' : url.slice(mark + 1), share));
		await send(deps, request, response, answer, share);
	} finally {
		share.release();
	}
}

async function answered(deps: PublicHandlerDeps, face: Face, request: IncomingMessage, query: string, share: Share): Promise<Answer> {
	const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
	try {
		if (!face.methods.includes(method)) throw new HttpRefusal('method', 'this method is not taken', { Allow: allowed(face.methods) });
		if (deps.draining()) throw new HttpRefusal('draining', 'the server is going away');
		const exchange: Exchange = {
			method,
			query,
			headers: request.headers,
			get baseUrl() {
				return deps.publicUrl ?? baseUrlOf(request);
			},
			caller: () => deps.authenticate(request),
			body: () => readBody(request, deps.maxBodyBytes, share),
		};
		return await face.handle(exchange);
	} catch (error) {
		if (error instanceof HttpRefusal) return refused(face, error);
		throw error;
	}
}

function refused(face: Face, refusal: HttpRefusal): Answer {
	const answer = face.refuse(refusal);
	return { ...answer, headers: { ...answer.headers, ...refusal.headers } };
}

function allowed(methods: readonly string[]): string {
	return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}

function notAllowed(allow: string): Answer {
	return { ...plain(405, 'method not allowed'), headers: { Allow: allow } };
}

function plain(status: number, text: string): Answer {
	return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}

/** Writes an answer. @returns when it is on its way, or nobody is there any more to take it */
function send(deps: PublicHandlerDeps, request: IncomingMessage, response: ServerResponse, answer: Answer, share?: Share): Promise<void> {
	if (response.destroyed) return Promise.resolve();
	const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
	if (deps.draining()) response.shouldKeepAlive = false;
	response.writeHead(answer.status, {
		'Content-Type': answer.contentType,
		'Content-Length': body.byteLength,
		'X-Content-Type-Options': 'nosniff',
		...answer.headers,
	});
	// Headers alone are the whole answer to HEAD: Node leaves the body out.
	response.end(body);
	share?.answer(body.byteLength);
	// Four bodies more than we take: after that it is no slow client but a flood.
	discardRest(request, deps.maxBodyBytes * 4);
	return delivered(request, response, deps.answerTimeoutMs);
}

const hostPattern = /^[\w.-]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$/;

function baseUrlOf(request: IncomingMessage): string {
	const scheme = (request.socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
	const { host } = request.headers;
	if (host !== undefined && hostPattern.test(host)) return `${scheme}://${host}`;
	return `${scheme}://localhost:${request.socket.localPort ?? 80}`;
}

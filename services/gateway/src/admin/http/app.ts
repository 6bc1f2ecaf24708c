import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import { serving } from '../../http/telemetry.ts';
import { adminError } from '../errors.ts';
import { serveDocs } from '../openapi/docs.ts';
import { openApiDocument } from '../openapi/document.ts';
import type { AdminServiceDeps } from '../ports.ts';
import { operations } from '../resources/index.ts';
import { refusalOf } from './body-errors.ts';
import { siteGuard, tokenGuard } from './guard.ts';
import { readInput } from './input.ts';
import { preconditionOf } from './precondition.ts';
import { problemOf } from './problem.ts';
import type { AnyOperation, FileAnswer } from './route.ts';

/** Makes the application of the admin API: guards, operations, their description, and problems for everything else. */
export function adminApp(deps: AdminServiceDeps): Express {
	const app = express();
	app.disable('x-powered-by');
	app.set('query parser', 'simple');
	app.set('case sensitive routing', true);
	app.set('etag', false);
	app.use((_, response, next) => {
		response.setHeader('Cache-Control', 'no-store');
		response.setHeader('X-Content-Type-Options', 'nosniff');
		next();
	});
	app.use(siteGuard(deps.config));
	app.get('/admin/openapi.json', (_, response) => void response.json(openApiDocument()));
	serveDocs(app);
	const guard = tokenGuard(deps.config);
	const body = express.json({ limit: deps.config.FEFAENT_ADMIN_MAX_BODY_BYTES, inflate: false, type: 'application/json', strict: false });
	const allowed = new Map<string, string[]>();
	for (const one of operations) {
		const path = expressPath(one.path);
		allowed.set(path, [...(allowed.get(path) ?? []), one.method.toUpperCase()]);
		const before: RequestHandler[] = [...(one.open ? [] : [guard]), ...(one.input.body ? [isJson, body] : [])];
		app[one.method](path, ...before, serve(deps, one));
	}
	for (const [path, methods] of allowed) {
		app.all(path, (_, response) => {
			response.setHeader('Allow', methods.includes('GET') ? [...methods, 'HEAD'] : methods);
			throw adminError('METHOD_NOT_ALLOWED');
		});
	}
	app.use(() => {
		throw adminError('ROUTE_UNKNOWN');
	});
	app.use(failed(deps));
	return app;
}

/** `/issuers/{code}` as express writes it. */
function expressPath(path: string): string {
	return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Asked of every body: a page of another site cannot send this type without being asked first by its browser. */
const isJson: RequestHandler = (request, _, next) => {
	if (!request.is('application/json')) throw adminError('MEDIA_TYPE_UNSUPPORTED');
	next();
};

function serve(deps: AdminServiceDeps, one: AnyOperation): RequestHandler {
	return async (request, response) => {
		const method = one.method.toUpperCase();
		const answer = await serving<unknown>(
			{
				name: `${method} ${one.path}` as `${string} /admin${string}`,
				method,
				route: one.path,
				scheme: request.protocol,
				traceparent: request.get('traceparent'),
				attributes: { 'fefaent.operation': one.id },
			},
			(result) => ('answer' in result ? statusOf(one, result.answer) : problemOf(refusalOf(result.error)).status),
			// What the schemas read is what the operation's own types say.
			async () => one.handle(deps, readInput(one.input, request) as never, preconditionOf(one.conditional && request.get('if-match'))),
		);
		if (one.method !== 'get') deps.logger.info({ operation: one.id }, 'administered');
		send(one, response, answer);
	};
}

function statusOf({ success, also }: AnyOperation, answer: unknown): number {
	if ('json' in success) return also?.when(answer as never) ? also.status : success.status;
	return 'file' in success ? 200 : 204;
}

function send(one: AnyOperation, response: Response, answer: unknown): void {
	const { success } = one;
	if ('json' in success) {
		if (one.etag) response.setHeader('ETag', one.etag(answer as never));
		if (one.location) response.setHeader('Location', one.location(answer as never));
		response.status(statusOf(one, answer)).json(answer);
	} else if ('file' in success) {
		const { bytes, fileName } = answer as FileAnswer;
		response
			.attachment(fileName)
			.type(success.file)
			.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
	} else {
		response.status(204).end();
	}
}

/** RFC 9457: every failure is a problem document. */
function failed({ logger }: AdminServiceDeps): ErrorRequestHandler {
	return (error: unknown, _request, response, _next) => {
		const problem = problemOf(refusalOf(error));
		if (problem.status >= 500) logger.error({ err: error, instance: problem.instance }, 'an admin request failed');
		if (response.headersSent) {
			response.destroy();
			return;
		}
		response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
	};
}

// One installation, and a caller of its admin API that believes no answer before it fits the description that the installation itself serves.
import { type Standalone, startStandalone } from '@fefaent/standalone';
import { type TemporaryFolder, temporaryFolder } from '@fefaent/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { request } from 'undici';

interface Described {
	readonly operationId: string;
	readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>>;
}

interface Document {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** An answer that fits its description. */
export interface CheckedAnswer<T> {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: T;
}

/** A running installation and its admin API. */
export interface AdminWorld extends AsyncDisposable {
	readonly fefaent: Standalone;
	readonly folder: TemporaryFolder;
	/** Calls the admin API. @throws Error when the answer is not as the description says */
	call<T = Record<string, unknown>>(
		method: string,
		path: string,
		body?: unknown,
		headers?: Readonly<Record<string, string>>,
	): Promise<CheckedAnswer<T>>;
	/** Operations that were answered with success so far. */
	readonly succeeded: ReadonlySet<string>;
	/** Every operation that is described. */
	readonly described: readonly string[];
}

/** Starts one on an empty folder. */
export async function startAdminWorld(env: Readonly<Record<string, string>> = {}): Promise<AdminWorld> {
	const folder = temporaryFolder();
	const fefaent = await startStandalone({
		env: {
			FEFAENT_DATA_DIR: folder.join('data'),
			FEFAENT_PUBLIC_PORT: '0',
			FEFAENT_ADMIN_PORT: '0',
			FEFAENT_MTLS_PORT: '0',
			FEFAENT_LOG_LEVEL: 'error',
			...env,
		},
	});
	const document = (await (await request(`${fefaent.adminUrl}/admin/openapi.json`)).body.json()) as Document;
	const check = checker(document);
	const succeeded = new Set<string>();
	return {
		fefaent,
		folder,
		succeeded,
		described: Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId)),
		call: async <T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
			const answer = await request(new URL(path, fefaent.adminUrl), {
				method: method as 'GET',
				headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
				...(body !== undefined && { body: JSON.stringify(body) }),
			});
			const text = await answer.body.text();
			const type = String(answer.headers['content-type'] ?? '').replace(/;.*/, '');
			const value = /json$/.test(type) ? JSON.parse(text) : text;
			const id = check(method, path.replace(/\?.*/, ''), answer.statusCode, type, value);
			if (answer.statusCode < 300) succeeded.add(id);
			return { status: answer.statusCode, headers: answer.headers, body: value as T };
		},
		[Symbol.asyncDispose]: async () => {
			await fefaent.stop();
			await folder.remove();
		},
	};
}

function checker(document: Document) {
	const ajv = new Ajv2020({ strict: false, allErrors: true });
	formats.default(ajv);
	ajv.addSchema({ $id: 'api', components: { schemas: closed(document.components.schemas) } });
	return (method: string, path: string, status: number, type: string, value: unknown): string => {
		const operation = find(document, method.toLowerCase(), path);
		const response = operation.responses[status] ?? operation.responses.default;
		const media = response?.content?.[type];
		if (response?.content ? !media : value !== '')
			throw new Error(`${operation.operationId} answered ${status} with ${type}, which is not described`);
		if (media?.schema) {
			const schema = JSON.parse(JSON.stringify(media.schema).replaceAll('"#/', '"api#/')) as object;
			const validate = ajv.compile(schema);
			if (!validate(value))
				throw new Error(`${operation.operationId} answered ${status} unlike described: ${ajv.errorsText(validate.errors)}`);
		}
		return operation.operationId;
	};
}

/** The described address that matches, the one with the fewest names first: `/a/import` before `/a/{cif}`. */
function find(document: Document, method: string, path: string): Described {
	const [match] = Object.entries(document.paths)
		.filter(
			([template, methods]) =>
				methods[method] && new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
		)
		.sort(([one], [other]) => one.split('{').length - other.split('{').length);
	const operation = match?.[1][method];
	if (!operation) throw new Error(`${method} ${path} is not described`);
	return operation;
}

/** Clients must bear members that they do not know; here, one that is not described is a mistake. */
function closed(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(closed);
	if (typeof value !== 'object' || value === null) return value;
	const inside = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
	return 'properties' in inside && inside.type === 'object' ? { additionalProperties: false, ...inside } : inside;
}

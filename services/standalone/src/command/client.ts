import type { adminApi } from '@fefaent/gateway';
import { CommandFailure } from './failure.ts';

/** How long one answer may take: longer than the API itself waits for anything. */
const timeoutMs = 310_000;

/** Parts of a query; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** The admin API as the command calls it. Every failure is a {@link CommandFailure} that says what happened. */
export interface AdminClient {
	readonly url: string;
	get<T>(path: string, query?: Query): Promise<T>;
	send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, query?: Query): Promise<T>;
	/** A file as it is. */
	file(path: string): Promise<Uint8Array>;
}

/** Makes a client. @param token sent where the installation asks for one */
export function adminClient(url: string, token: string | undefined): AdminClient {
	async function call(method: string, path: string, query: Query = {}, body?: unknown): Promise<Response> {
		const target = URL.parse(path, url);
		if (!target) throw new CommandFailure(`${url} is no address of an admin API`, 2);
		for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(name, String(value));
		let response: Response;
		try {
			response = await fetch(target, {
				method,
				headers: {
					...(token !== undefined && { Authorization: `Bearer ${token}` }),
					...(body !== undefined && { 'Content-Type': 'application/json' }),
				},
				...(body !== undefined && { body: JSON.stringify(body) }),
				redirect: 'error',
				signal: AbortSignal.timeout(timeoutMs),
			});
		} catch (cause) {
			throw new CommandFailure(`the admin API at ${url} cannot be reached: is Fefaent running (npm start)?`, 1, { cause, passing: true });
		}
		if (!response.ok) throw await failureOf(response);
		return response;
	}

	return {
		url,
		get: async <T>(path: string, query?: Query) => (await (await call('GET', path, query)).json()) as T,
		send: async <T>(method: string, path: string, body?: unknown, query?: Query) => {
			const text = await (await call(method, path, query, body)).text();
			return (text === '' ? undefined : JSON.parse(text)) as T;
		},
		file: async (path) => new Uint8Array(await (await call('GET', path)).arrayBuffer()),
	};
}

/** Answers of a server, or of one before it, whose peers are away. */
const passingStatuses = new Set([502, 503, 504]);

async function failureOf(response: Response): Promise<CommandFailure> {
	const options = { passing: passingStatuses.has(response.status) };
	if (!response.headers.get('content-type')?.startsWith('application/problem+json'))
		return new CommandFailure(`the admin API answered HTTP ${response.status}`, 1, options);
	const problem = (await response.json()) as adminApi.Problem;
	return new CommandFailure(`${problem.detail} (${problem.reason})`, 1, options);
}

/** Puts values into a path, each safely: `` path`/admin/v1/issuers/${code}` ``. */
export function path(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
	return texts.map((text, index) => (index === 0 ? text : `${encodeURIComponent(String(values[index - 1]))}${text}`)).join('');
}

import { request } from 'node:http';
import { ManualClock } from '@fefaent/kernel';
import { type Env, inProcessClient, readConfig, type SandboxControl, type ServiceDefinition, silentLogger } from '@fefaent/service-kit';
import { testDirectory } from '../../testing/directory.ts';
import { adminConfig } from '../config.ts';
import type { Problem } from '../http/problem.ts';
import type { AdminServiceDeps } from '../ports.ts';
import { type AdminService, createAdminService } from '../service.ts';

/** An answer, whole. */
export interface AdminAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly text: string;
	json<T = Record<string, unknown>>(): T;
	problem(): Problem;
}

/** The admin API over a directory of its own, on a real port; the other services are down. */
export interface TestAdmin extends AsyncDisposable {
	readonly service: AdminService;
	/** Sends a request as it is given: a body that is no text is sent as JSON. */
	call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<AdminAnswer>;
}

/** Deps of an admin API whose collaborators are all down. */
export function testDeps(env: Env = {}): AdminServiceDeps {
	const down = <T extends object>(): T => inProcessClient<ServiceDefinition>(absent) as unknown as T;
	const config = readConfig(adminConfig, { FEFAENT_ADMIN_PORT: '0', ...env });
	return {
		config,
		clock: new ManualClock(),
		logger: silentLogger,
		directory: down(),
		notifications: down(),
		lifecycle: down(),
		evidences: down(),
		notifier: down(),
		callbacks: down(),
		deadLetters: undefined,
		sandbox: undefined,
		readiness: async () => ({ ready: false, checks: [{ name: 'store', ok: false, reason: 'disk full' }] }),
		settings: [{ part: 'admin', schema: adminConfig, values: config }],
	};
}

function absent(): never {
	throw new Error('this service is down');
}

/** Starts it. */
export async function testAdmin(env: Env = {}, sandbox?: SandboxControl): Promise<TestAdmin> {
	const directory = testDirectory();
	const service = createAdminService({ ...testDeps(env), directory: directory.operations, sandbox });
	await service.start();
	return {
		service,
		call: (method, path, body, headers = {}) => send(service.port, method, path, body, headers),
		[Symbol.asyncDispose]: async () => {
			await service.stop();
			await directory[Symbol.asyncDispose]();
		},
	};
}

/** Node's own client: it lets a test say any Host and Origin. */
function send(port: number, method: string, path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<AdminAnswer> {
	const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
	const { promise, resolve, reject } = Promise.withResolvers<AdminAnswer>();
	const sent = request(
		{
			host: '127.0.0.1',
			port,
			method,
			path,
			agent: false,
			headers: { ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }), ...headers },
		},
		(response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const all = Buffer.concat(chunks).toString('utf8');
				resolve({
					status: response.statusCode ?? 0,
					headers: response.headers,
					text: all,
					json: <T>() => JSON.parse(all) as T,
					problem: () => {
						if (!response.headers['content-type']?.startsWith('application/problem+json')) throw new Error(`no problem document: ${all}`);
						return JSON.parse(all) as Problem;
					},
				});
			});
		},
	);
	sent.on('error', reject);
	sent.end(text);
	return promise;
}

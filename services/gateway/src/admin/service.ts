import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigError, createHealth, isLoopbackHost, type Service } from '@fefaent/service-kit';
import { type Listener, listen } from '../http/server.ts';
import type { AdminServiceDeps } from './ports.ts';

/** The admin API as a service of the process. */
export interface AdminService extends Service {
	/** Address that it listens on. */
	readonly host: string;
	/** Port that it listens on. @throws Error before it is started */
	readonly port: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Makes the admin API. Its application (express, schemas) is loaded at the first request: a process that nobody administers pays for a port only.
 * @throws ConfigError when it would be open to other machines without a token
 */
export function createAdminService(deps: AdminServiceDeps): AdminService {
	const { config, logger } = deps;
	const host = config.FEFAENT_ADMIN_HOST;
	if (!isLoopbackHost(host) && config.FEFAENT_ADMIN_TOKEN === undefined) {
		const expected = `a token, since FEFAENT_ADMIN_HOST is ${host} and not loopback`;
		throw new ConfigError([{ name: 'FEFAENT_ADMIN_TOKEN', value: undefined, expected }]);
	}
	const health = createHealth();
	let listener: Listener | undefined;
	let stopped: Promise<void> | undefined;
	let app: Promise<Handler> | undefined;

	const load = async (): Promise<Handler> => (await import('./http/app.ts')).adminApp(deps);
	const handle: Handler = (request, response) => {
		app ??= load();
		app.then(
			(handler) => handler(request, response),
			(err: unknown) => {
				logger.error({ err }, 'the admin API could not be loaded');
				response.writeHead(500).end();
			},
		);
	};

	return {
		name: 'admin',
		rpc: [],
		host,
		get port() {
			if (!listener) throw new Error('the admin API is not started');
			return listener.port;
		},
		async start() {
			listener = await listen(handle, {
				host,
				port: config.FEFAENT_ADMIN_PORT,
				headersTimeoutMs: 10_000,
				requestTimeoutMs: 60_000,
				keepAliveMs: 65_000,
				drainTimeoutMs: config.FEFAENT_ADMIN_DRAIN_TIMEOUT,
				maxConnections: 256,
				logger,
			});
		},
		stop() {
			health.drain();
			stopped ??= listener?.drain() ?? Promise.resolve();
			return stopped;
		},
		readiness: () => health.readiness(),
		// It only passes on what others keep.
		backlog: async () => 0,
	};
}

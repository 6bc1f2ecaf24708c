import type { Clock } from '@fefaent/kernel';
import { createHealth, type HealthReport, type Logger, type Service } from '@fefaent/service-kit';
import { authenticator } from './auth/authenticate.ts';
import { usageRecorder } from './auth/usage.ts';
import type { Evidences, Lifecycle, Notifications } from './clients.ts';
import type { GatewayConfig } from './config.ts';
import { shippedAdministrations } from './directory/administrations.ts';
import { type DirectoryOperations, directoryOperations } from './directory/operations.ts';
import type { DirectoryStore } from './directory/port.ts';
import { CachedDirectory } from './directory/reader.ts';
import { createEnotumLiteFace } from './faces/enotumlite/index.ts';
import { Budget } from './http/budget.ts';
import { publicHandler } from './http/handler.ts';
import { healthAnswers } from './http/health.ts';
import { type Listener, listen } from './http/server.ts';
import { tlsOptions } from './http/tls.ts';

/** What the gateway works with. */
export interface GatewayServiceDeps {
	readonly config: GatewayConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	/** The directory; closed by the service's stop. */
	readonly store: DirectoryStore;
	readonly notifications: Notifications;
	readonly lifecycle: Lifecycle;
	readonly evidences: Evidences;
	/** Readiness of what runs in the same process, for `/health/ready`; absent: the gateway's own. */
	readonly readiness?: () => Promise<HealthReport>;
}

/** The gateway. */
export interface GatewayService extends Service {
	/** Port of the public faces. @throws Error before it is started */
	readonly publicPort: number;
	/** Port of the same over TLS; undefined where no server certificate is set, and before it is started. */
	readonly mtlsPort: number | undefined;
	/** What administrators do to the directory. */
	readonly directory: DirectoryOperations;
}

/** Composes the gateway. It calls other services and serves none. @throws ConfigError for settings of TLS that do not fit together, or whose files cannot be used */
export function createGatewayService(deps: GatewayServiceDeps): GatewayService {
	const { config, clock, logger, store } = deps;
	const cache = new CachedDirectory(store, config.FEFAENT_GATEWAY_DIRECTORY_TTL);
	const usage = usageRecorder({ store, clock, logger });
	const health = createHealth();
	health.register('directory', () => store.ping());
	const tls = tlsOptions(config);
	let draining = false;
	let listeners: { readonly open: Listener; readonly mtls: Listener | undefined } | undefined;
	let stopped: Promise<void> | undefined;

	const handler = () =>
		publicHandler({
			faces: [createEnotumLiteFace({ ...deps, directory: cache })],
			budget: new Budget({ maxRequests: config.FEFAENT_GATEWAY_MAX_REQUESTS, maxBytes: config.FEFAENT_GATEWAY_MAX_MEMORY_BYTES }),
			maxBodyBytes: config.FEFAENT_GATEWAY_MAX_BODY_BYTES,
			answerTimeoutMs: config.FEFAENT_GATEWAY_ANSWER_TIMEOUT,
			publicUrl: config.FEFAENT_GATEWAY_PUBLIC_URL?.replace(/\/+$/, ''),
			authenticate: authenticator({
				directory: cache,
				openLoopback: config.FEFAENT_OPEN_LOOPBACK,
				certificatesMustChain: config.FEFAENT_GATEWAY_TLS_CLIENT_CA_FILE !== undefined,
				used: usage.used,
			}),
			health: healthAnswers(deps.readiness ?? health.readiness),
			draining: () => draining,
			logger,
		});
	const listenOptions = {
		host: config.FEFAENT_HOST,
		headersTimeoutMs: config.FEFAENT_GATEWAY_HEADERS_TIMEOUT,
		requestTimeoutMs: config.FEFAENT_GATEWAY_REQUEST_TIMEOUT,
		keepAliveMs: config.FEFAENT_GATEWAY_KEEP_ALIVE,
		drainTimeoutMs: config.FEFAENT_GATEWAY_DRAIN_TIMEOUT,
		maxConnections: config.FEFAENT_GATEWAY_MAX_CONNECTIONS,
		logger,
	};

	async function drain(): Promise<void> {
		draining = true;
		health.drain();
		await Promise.all([listeners?.open.drain(), listeners?.mtls?.drain()]);
		await usage.flush();
		await store.close();
	}

	return {
		name: 'gateway',
		rpc: [],
		directory: directoryOperations({ store, cache, clock }),
		get publicPort() {
			if (!listeners) throw new Error('the gateway is not started');
			return listeners.open.port;
		},
		get mtlsPort() {
			return listeners?.mtls?.port;
		},
		async start() {
			await store.seedAdministrations(shippedAdministrations(clock.now()));
			const handle = handler();
			const open = await listen(handle, { ...listenOptions, port: config.FEFAENT_PUBLIC_PORT });
			try {
				listeners = { open, mtls: tls && (await listen(handle, { ...listenOptions, port: config.FEFAENT_MTLS_PORT, tls })) };
			} catch (error) {
				await open.drain();
				throw error;
			}
		},
		stop() {
			stopped ??= drain();
			return stopped;
		},
		readiness: () => health.readiness(),
		backlog: async () => 0,
	};
}

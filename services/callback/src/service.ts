import { CallbackServiceDefinition } from '@fefaent/contracts/callback';
import type { EventBus, Following } from '@fefaent/event-bus';
import type { Clock } from '@fefaent/kernel';
import { bind, createHealth, type Job, type Logger, type Service } from '@fefaent/service-kit';
import type { Evidences, Notifications } from './clients.ts';
import { attemptMsOf, type CallbackConfig, checkLease, scheduleOf } from './config.ts';
import { followNotifications } from './consumers/notifications.ts';
import { isReady } from './domain/endpoint.ts';
import { networkOf, type Reach } from './http/addresses.ts';
import { Channels } from './http/clients.ts';
import { type Resolve, systemResolve } from './http/resolve.ts';
import { type Dispatcher, startDispatcher } from './jobs/dispatcher.ts';
import { startRetention } from './jobs/retention.ts';
import { callbackHandlers } from './rpc/handlers.ts';
import type { SecretsKeys } from './secrets/keys.ts';
import { resealSecrets } from './secrets/reseal.ts';
import { Gate } from './sending/gate.ts';
import { endpointPages } from './store/pages.ts';
import type { CallbackStore } from './store/port.ts';
import { showWaiting } from './telemetry.ts';

/** What the callback service is made of. */
export interface CallbackServiceDeps {
	readonly config: CallbackConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Its own; closed when the service stops. */
	readonly store: CallbackStore;
	/** Topic `fefaent.notification.v1`. */
	readonly bus: Pick<EventBus, 'follow'>;
	readonly notifications: Notifications;
	readonly evidences: Evidences;
	/** Names this replica among others, the same after a restart: it takes back the endpoints that it was sending to when it ended. */
	readonly ownerId: string;
	readonly secretsKeys: SecretsKeys;
	/** Finds the addresses of a host; default: the system's name servers. */
	readonly resolve?: Resolve;
}

/** The service, and what an operator may ask of it beyond. */
export interface CallbackService extends Service {
	/** Deliveries that are due now, to endpoints that are enabled and do not wait; those under way included. */
	backlog(): Promise<number>;
}

/** How long requests under way may take to end when the service stops, real time in milliseconds. */
const graceMs = 3_000;

/**
 * The service that tells issuers of changes of state: serves CallbackService, follows the topic of notifications, sends what is due.
 * @throws ConfigError when a lease would be too short for an attempt
 */
export function createCallbackService(deps: CallbackServiceDeps): CallbackService {
	const { config, clock, logger, store, bus, notifications, evidences, ownerId, secretsKeys } = deps;
	checkLease(config);
	const reach = reachOf(config);
	const binding = bind(CallbackServiceDefinition, callbackHandlers({ clock, store, secretsKeys, reach }), { logger });
	const health = createHealth();
	health.register('store', () => store.ping());
	const places = config.FEFAENT_CALLBACK_MAX_IN_FLIGHT;
	let running:
		| { following: Following; dispatcher: Dispatcher; retention: Job; channels: Channels; ending: AbortController; hideWaiting: () => void }
		| undefined;

	return {
		name: 'callback',
		rpc: [binding],
		start: async () => {
			await store.release(ownerId);
			await resealSecrets(store, secretsKeys, logger);
			const ending = new AbortController();
			const channels = new Channels(secretsKeys, {
				reach,
				resolve: deps.resolve ?? systemResolve(config.FEFAENT_CALLBACK_CONNECT_TIMEOUT),
				connectTimeoutMs: config.FEFAENT_CALLBACK_CONNECT_TIMEOUT,
				responseTimeoutMs: config.FEFAENT_CALLBACK_RESPONSE_TIMEOUT,
				answerMaxBytes: config.FEFAENT_CALLBACK_ANSWER_MAX_BYTES,
			});
			const dispatcher = startDispatcher({
				store,
				clock,
				logger,
				ownerId,
				notifications,
				evidences,
				channels,
				attemptMs: attemptMsOf(config),
				eventSource: config.FEFAENT_CALLBACK_EVENT_SOURCE,
				scheduleOf: (form) => scheduleOf(config, form),
				gates: { well: new Gate(places, 1), failing: new Gate(Math.ceil(places / 4), 0) },
				leaseMs: config.FEFAENT_CALLBACK_LEASE,
				retryAfterMaxMs: config.FEFAENT_CALLBACK_RETRY_AFTER_MAX,
				signal: ending.signal,
			});
			const retention = startRetention({ store, clock, logger }, config.FEFAENT_CALLBACK_LOG_RETENTION);
			const hideWaiting = showWaiting(store, clock, logger);
			running = { dispatcher, retention, channels, ending, hideWaiting, following: followNotifications({ bus, store, clock }) };
		},
		stop: async () => {
			health.drain();
			const stopping = running;
			running = undefined;
			if (stopping !== undefined) {
				stopping.hideWaiting();
				await stopping.following.stop();
				const timer = setTimeout(() => stopping.ending.abort(), graceMs);
				await Promise.all([stopping.dispatcher.stop(), stopping.retention.stop()]);
				clearTimeout(timer);
				await stopping.channels.closeAll();
			}
			await store.close();
		},
		backlog: async () => {
			const now = clock.now();
			let count = 0;
			for await (const page of endpointPages(store)) {
				const ready = page.filter((record) => isReady(record, now)).map(({ endpoint }) => endpoint.id);
				count += await store.countDue(ready, now);
			}
			return count;
		},
		readiness: () => health.readiness(),
	};
}

function reachOf(config: CallbackConfig): Reach {
	return {
		networks: config.FEFAENT_CALLBACK_ALLOWED_NETWORKS.map(networkOf),
		allowHttp: config.FEFAENT_CALLBACK_ALLOW_HTTP,
		ports: config.FEFAENT_CALLBACK_ALLOWED_PORTS,
	};
}

import { LifecycleServiceDefinition } from '@fefaent/contracts/lifecycle';
import type { EventBus, Following } from '@fefaent/event-bus';
import type { Clock } from '@fefaent/kernel';
import { bind, createHealth, type Job, type Logger, type Service } from '@fefaent/service-kit';
import type { Evidences, Notifications } from './clients.ts';
import { backoffOf, calendarOf, checkLease, roundMsOf, type StateEngineConfig } from './config.ts';
import { followNotifications } from './consumers/notifications.ts';
import { startSweep } from './jobs/sweep.ts';
import { startTimers, type Timers } from './jobs/timers.ts';
import { lifecycleHandlers } from './rpc/handlers.ts';
import type { StateEngineStore } from './store/port.ts';
import { showWaiting } from './telemetry.ts';
import { TransitionRunner } from './transitions/run.ts';

/** What the state-engine is made of. */
export interface StateEngineServiceDeps {
	readonly config: StateEngineConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Its own; closed when the service stops. */
	readonly store: StateEngineStore;
	/** Topic `fefaent.notification.v1`. */
	readonly bus: Pick<EventBus, 'follow'>;
	readonly notifications: Notifications;
	readonly evidences: Evidences;
	/** Names this replica among others, the same after a restart: it takes back the timers that it was firing when it ended. */
	readonly ownerId: string;
}

/**
 * The service that runs the process of notifications: serves LifecycleService, follows their topic, fires timers and finishes what was left behind.
 * @throws ConfigError when the lease of timers is shorter than what may happen in it
 */
export function createStateEngineService(deps: StateEngineServiceDeps): Service {
	const { config, clock, logger, store, bus, notifications, evidences, ownerId } = deps;
	checkLease(config);
	const calendar = calendarOf(config);
	const runner = new TransitionRunner({ notifications, evidences, proofTimeoutMs: config.FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT });
	const shared = { clock, logger, store, calendar, runner, notifications, evidences };
	const binding = bind(LifecycleServiceDefinition, lifecycleHandlers(shared), { logger });
	const health = createHealth();
	health.register('store', () => store.ping());
	let running: { following: Following; timers: Timers; sweep: Job; hideWaiting: () => void } | undefined;

	return {
		name: 'state-engine',
		rpc: [binding],
		start: async () => {
			const released = await store.releaseLeases(ownerId);
			if (released > 0) logger.info({ timers: released }, 'timers of the process before are taken up again');
			await store.join();
			const timers = startTimers({
				...shared,
				ownerId,
				depositTries: config.FEFAENT_STATE_ENGINE_DEPOSIT_TRIES,
				batch: config.FEFAENT_STATE_ENGINE_TIMER_BATCH,
				lanes: config.FEFAENT_STATE_ENGINE_TIMER_LANES,
				leaseMs: config.FEFAENT_STATE_ENGINE_TIMER_LEASE,
				roundMs: roundMsOf(config),
				backoff: backoffOf(config),
			});
			const sweep = startSweep({
				...shared,
				ageMs: config.FEFAENT_STATE_ENGINE_SWEEP_AGE,
				everyMs: config.FEFAENT_STATE_ENGINE_SWEEP_EVERY,
			});
			running = { timers, sweep, following: followNotifications({ ...shared, bus }), hideWaiting: showWaiting(store, clock, logger) };
		},
		stop: async () => {
			health.drain();
			const stopping = running;
			running = undefined;
			const left = store.leave();
			stopping?.hideWaiting();
			await stopping?.following.stop();
			await Promise.all([stopping?.timers.stop(), stopping?.sweep.stop(), left]);
			await store.close();
		},
		readiness: () => health.readiness(),
		nextDue: () => store.nextDue(clock.now()),
		backlog: () => store.countDue(clock.now(), Date.now()),
	};
}

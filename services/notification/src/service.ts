import { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import { type EventBus, OutboxRelay } from '@fefaent/event-bus';
import type { Clock } from '@fefaent/kernel';
import { bind, createHealth, type Logger, type Service } from '@fefaent/service-kit';
import type { BlobStore } from './blobs/port.ts';
import type { NotificationConfig } from './config.ts';
import { IdAllocator } from './ids/allocator.ts';
import { notificationHandlers } from './rpc/handlers.ts';
import type { NotificationStore } from './store/port.ts';
import { showWaiting } from './telemetry.ts';

/** What the notification service is made of. */
export interface NotificationServiceDeps {
	readonly config: NotificationConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Its own; closed when the service stops. */
	readonly store: NotificationStore;
	/** Where exports go. */
	readonly blobs: BlobStore;
	/** Where its events go: topic `fefaent.notification.v1`. */
	readonly bus: Pick<EventBus, 'publish'>;
}

/** The service that owns notifications: serves NotificationService, and relays its outbox to the bus while started. */
export function createNotificationService(deps: NotificationServiceDeps): Service {
	const { config, clock, logger, store, blobs, bus } = deps;
	const ids = new IdAllocator((count) => store.reserveIds(count), config.FEFAENT_NOTIFICATION_ID_BLOCK);
	const binding = bind(NotificationServiceDefinition, notificationHandlers({ config, clock, logger, store, blobs, ids }), { logger });
	const relay = new OutboxRelay({
		name: 'notification',
		source: store.outbox,
		bus,
		onError: (error, where) => logger.error({ err: error, where }, 'events could not be published; they wait in the outbox'),
	});
	let hideWaiting: (() => void) | undefined;
	const health = createHealth();
	health.register('store', () => store.ping());
	return {
		name: 'notification',
		rpc: [binding],
		start: async () => {
			relay.start();
			hideWaiting = showWaiting(store, clock, logger);
		},
		stop: async () => {
			health.drain();
			hideWaiting?.();
			await relay.stop();
			await store.close();
		},
		readiness: () => health.readiness(),
		backlog: async () => store.outbox.depth(),
	};
}

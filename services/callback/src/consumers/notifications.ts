import { decodeNotificationEvent, NotificationEventType, notAnEvent, notificationTopic } from '@fefaent/contracts/events';
import type { Delivery, EventBus, Following, Outcome } from '@fefaent/event-bus';
import type { Clock } from '@fefaent/kernel';
import { newDelivery } from '../domain/delivery.ts';
import { wants } from '../domain/states.ts';
import type { CallbackStore } from '../store/port.ts';

/** What the consumer works with. */
export interface ConsumerDeps {
	readonly bus: Pick<EventBus, 'follow'>;
	readonly store: CallbackStore;
	readonly clock: Clock;
}

/** Records a delivery of each change of state for each endpoint that wants it: one write for each batch of events, repeated ones without effect. */
export function followNotifications(deps: ConsumerDeps): Following {
	return deps.bus.follow({
		topics: [notificationTopic],
		group: 'callback',
		maxBatch: 250,
		handle: (batch) => handle(batch, deps),
	});
}

async function handle(batch: readonly Delivery[], { store, clock }: ConsumerDeps): Promise<readonly Outcome[]> {
	const events = batch.map((message) => ({ event: decodeNotificationEvent(message.body), traceparent: message.headers.traceparent }));
	const changes = events.flatMap(({ event, traceparent }) =>
		event?.type === NotificationEventType.STATE_CHANGED ? [{ event, traceparent }] : [],
	);
	const endpoints = await store.endpointsOf([...new Set(changes.map(({ event }) => event.issuerCode))]);
	const byIssuer = Map.groupBy(endpoints, ({ endpoint }) => endpoint.issuerCode);
	const now = clock.now();
	await store.record(
		changes.flatMap(({ event, traceparent }) =>
			(byIssuer.get(event.issuerCode) ?? []).flatMap(({ endpoint }) => {
				const { state } = event;
				return endpoint.enabled && wants(endpoint, state) ? [newDelivery({ ...event, state }, endpoint, now, traceparent)] : [];
			}),
		),
	);
	const purged = events.flatMap(({ event }) => (event?.type === NotificationEventType.PURGED ? [event.notificationId] : []));
	if (purged.length > 0) await store.forget(purged, 'NOTIFICATION_PURGED', now);
	return events.map(({ event }) => (event ? { kind: 'done' } : { kind: 'dead', reason: notAnEvent }));
}

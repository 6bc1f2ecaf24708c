import { decodeNotificationEvent, notAnEvent, notificationTopic } from '@fefaent/contracts/events';
import type { Delivery, EventBus, Following, Outcome } from '@fefaent/event-bus';
import type { OperationDeps } from '../operations/deps.ts';
import { applyEvents } from '../operations/record.ts';

/** Records, drops and forgets notices as notifications go on: one call and one transaction for each batch of events. */
export function followNotifications(bus: Pick<EventBus, 'follow'>, deps: OperationDeps): Following {
	return bus.follow({
		topics: [notificationTopic],
		group: 'notifier',
		maxBatch: 100,
		handle: (batch) => handle(batch, deps),
	});
}

async function handle(batch: readonly Delivery[], deps: OperationDeps): Promise<readonly Outcome[]> {
	const events = batch.map(({ body }) => decodeNotificationEvent(body));
	await applyEvents(
		deps,
		events.flatMap((event, index) => (event ? [{ event, traceparent: batch[index]?.headers.traceparent }] : [])),
	);
	return events.map((event) => (event ? { kind: 'done' } : { kind: 'dead', reason: notAnEvent }));
}

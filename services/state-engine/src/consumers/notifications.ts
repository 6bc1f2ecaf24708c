import { decodeNotificationEvent, NotificationEventType, notAnEvent, notificationTopic } from '@fefaent/contracts/events';
import type { Delivery, EventBus, Following, Outcome } from '@fefaent/event-bus';
import { crashpoint } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import type { Evidences } from '../clients.ts';
import type { CalendarSettings } from '../domain/calendar.ts';
import { follow, newsOfEvent } from '../domain/progress.ts';
import type { StateEngineStore } from '../store/port.ts';
import { follower } from '../transitions/follow.ts';
import { findWorkflow, workflowFor } from '../workflows/registry.ts';

/** What the consumer works with. */
export interface ConsumerDeps {
	readonly bus: Pick<EventBus, 'follow'>;
	readonly store: StateEngineStore;
	readonly calendar: CalendarSettings;
	readonly evidences: Evidences;
	readonly logger: Logger;
}

/** Has instances follow their notifications: one write for each batch of events, repeated ones without effect. */
export function followNotifications(deps: ConsumerDeps): Following {
	return deps.bus.follow({
		topics: [notificationTopic],
		group: 'state-engine',
		handle: (batch) => handle(batch, deps),
	});
}

async function handle(batch: readonly Delivery[], { store, calendar, evidences, logger }: ConsumerDeps): Promise<readonly Outcome[]> {
	const events = batch.map(({ body }) => decodeNotificationEvent(body));
	const purged = events.filter((event) => event?.type === NotificationEventType.PURGED).flatMap((event) => event?.notificationId ?? []);
	for (let first = 0; first < purged.length; first += 100) {
		// The notifications are gone for good: so may the documents of their evidences.
		await crashpoint('engine.evidence-purge.before');
		await evidences.purge({ notificationIds: purged.slice(first, first + 100) });
		await crashpoint('engine.evidence-purge.after');
	}
	const known = events.flatMap((event, index) => (event === undefined ? [] : [{ event, index }]));
	const results = await follower(store)(
		known.map(({ event, index }) => {
			const news = newsOfEvent(event, batch[index]?.headers.traceparent);
			return { id: event.notificationId, step: (instance) => follow(instance, news, { workflowFor, findWorkflow }, calendar) };
		}),
	);
	const outcomes: Outcome[] = batch.map(() => ({ kind: 'dead', reason: notAnEvent }));
	known.forEach(({ event, index }, position) => {
		const result = results[position];
		if (result?.kind === 'unknown workflow') {
			logger.error({ notificationId: event.notificationId, workflow: result.workflow }, 'there is no such workflow');
			outcomes[index] = { kind: 'dead', reason: `no workflow ${result.workflow}` };
		} else outcomes[index] = { kind: 'done' };
	});
	return outcomes;
}

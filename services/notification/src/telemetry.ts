import { NotificationEventType } from '@fefaent/contracts/events';
import { State } from '@fefaent/contracts/notification';
import type { Clock } from '@fefaent/kernel';
import { ageOf, counter, histogram, type Logger, showGauges } from '@fefaent/service-kit';
import type { NewEvent } from './domain/decision.ts';
import { shortName } from './domain/transitions.ts';
import type { NotificationStore } from './store/port.ts';

const scope = 'fefaent.notification';
const changes = counter(scope, 'fefaent.notification.changes');
const depositTime = histogram(scope, 'fefaent.notification.deposit.duration');

/** Counts changes that were written, when telemetry is on. */
export function recordChanges(events: readonly NewEvent[]): void {
	for (const { type, state, at, receivedAt } of events) {
		changes(1, { 'fefaent.change': type.replace('NOTIFICATION_EVENT_TYPE_', ''), 'fefaent.state': shortName(state) });
		if (type === NotificationEventType.STATE_CHANGED && state === State.DEPOSITED && at && receivedAt) {
			depositTime((at.getTime() - receivedAt.getTime()) / 1000);
		}
	}
}

/** Shows what waits, when telemetry is on. Returns a function that ends it. */
export function showWaiting(store: Pick<NotificationStore, 'outbox' | 'claimsBefore'>, clock: Clock, logger: Logger): () => void {
	return showGauges(
		scope,
		{
			'fefaent.outbox.depth': async () => [{ value: await store.outbox.depth(mostCounted) }],
			'fefaent.outbox.oldest.age': async () => ageOf(await store.outbox.oldestAt(), clock.now()),
			'fefaent.notification.claim.oldest.age': async () => {
				const now = clock.now();
				const [oldest] = await store.claimsBefore(now, 1);
				return ageOf(oldest?.claim?.decidedAt, now);
			},
		},
		(error, gauge) => logger.warn({ err: error, gauge }, 'a gauge could not be read'),
	);
}

/** What a look at the outbox costs at most. */
const mostCounted = 10_000;

import { NotificationEventType } from '@fefaent/contracts/events';
import { State } from '@fefaent/contracts/notification';
import { perTelemetry, tracing } from '@fefaent/service-kit';
import { metrics } from '@opentelemetry/api';
import type { NewEvent } from './domain/decision.ts';
import { shortName } from './domain/transitions.ts';

/** Names of the service's metrics. */
export const metricNames = {
	/** Changes written, by kind and state. */
	changes: 'fefaent.notification.changes',
	/** From receipt to deposit, in seconds of the environment's time. */
	depositTime: 'fefaent.notification.deposit.duration',
} as const;

/** 50 ms to 30 h: from a deposit at once to one that waited for a time-stamping authority over a night. */
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 43_200, 108_000];

const instruments = perTelemetry(() => {
	const meter = metrics.getMeter('fefaent.notification');
	return {
		changes: meter.createCounter(metricNames.changes, { description: 'Changes of notifications written' }),
		depositTime: meter.createHistogram(metricNames.depositTime, {
			unit: 's',
			description: 'From receipt to deposit',
			advice: { explicitBucketBoundaries: bounds },
		}),
	};
});

/** Counts changes that were written, when telemetry is on. */
export function recordChanges(events: readonly NewEvent[]): void {
	if (!tracing()) return;
	const { changes, depositTime } = instruments();
	for (const { type, state, at, receivedAt } of events) {
		changes.add(1, { type: type.replace('NOTIFICATION_EVENT_TYPE_', ''), state: shortName(state) });
		if (type === NotificationEventType.STATE_CHANGED && state === State.DEPOSITED && at && receivedAt) {
			depositTime.record((at.getTime() - receivedAt.getTime()) / 1000);
		}
	}
}

import { notificationTopic } from '@fefaent/contracts/events';
import { perTelemetry, tracing } from '@fefaent/service-kit';
import { metrics, trace } from '@opentelemetry/api';
import type { NoticeRecord } from './domain/notice.ts';

const scope = 'fefaent.notifier';

/** Names of the service's spans. */
export const spanNames = {
	follow: `process ${notificationTopic}`,
	send: 'send notice',
} as const;

/** Names of the service's metrics. */
export const metricNames = {
	/** Attempts, by channel, provider and result (the state after it, and the failure's name). */
	attempts: 'fefaent.notifier.attempts',
	/** From when a notice was recorded to when a provider took it, in seconds of the environment's time. */
	sent: 'fefaent.notifier.recorded_to_sent',
} as const;

/** The service's tracer. */
export const tracer = trace.getTracer(scope);

const instruments = perTelemetry(() => {
	const meter = metrics.getMeter(scope);
	return {
		attempts: meter.createCounter(metricNames.attempts, { description: 'Attempts to send notices' }),
		sent: meter.createHistogram(metricNames.sent, {
			unit: 's',
			description: 'From recorded to taken by a provider',
			advice: { explicitBucketBoundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 43_200, 108_000] },
		}),
	};
});

/** Counts an attempt, when telemetry is on. @param after the notice after it */
export function recordAttempt(after: NoticeRecord, provider: string): void {
	if (!tracing()) return;
	const { attempts, sent } = instruments();
	const channel = after.channel.replace('CHANNEL_', '');
	const state = after.state.replace('NOTICE_STATE_', '');
	attempts.add(1, { channel, provider, state, failure: after.document.failure });
	if (state === 'SENT' && after.settledAt) sent.record((after.settledAt.getTime() - after.recordedAt.getTime()) / 1000, { channel });
}

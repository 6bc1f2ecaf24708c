import { notificationTopic } from '@fefaent/contracts/events';
import { perTelemetry, tracing } from '@fefaent/service-kit';
import { metrics, trace } from '@opentelemetry/api';

const scope = 'fefaent.callback';

/** Names of the service's spans. */
export const spanNames = {
	follow: `process ${notificationTopic}`,
	deliver: 'deliver callback',
} as const;

/** Names of the service's metrics. */
export const metricNames = {
	/** Attempts, by form and failure (`none` when delivered). */
	attempts: 'fefaent.callback.attempts',
	/** How long an attempt took, in seconds. */
	attemptDuration: 'fefaent.callback.attempt.duration',
	/** From the recording of a delivery to its being taken, in seconds of the environment's time. */
	delay: 'fefaent.callback.delivery.delay',
	/** Deliveries given up. */
	exhausted: 'fefaent.callback.exhausted',
} as const;

/** The service's tracer. */
export const tracer = trace.getTracer(scope);

const instruments = perTelemetry(() => {
	const meter = metrics.getMeter(scope);
	return {
		attempts: meter.createCounter(metricNames.attempts, { description: 'Attempts to deliver' }),
		attemptDuration: meter.createHistogram(metricNames.attemptDuration, { unit: 's', description: 'Duration of attempts' }),
		delay: meter.createHistogram(metricNames.delay, {
			unit: 's',
			description: 'From recorded to delivered',
			advice: { explicitBucketBoundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 43_200, 108_000] },
		}),
		exhausted: meter.createCounter(metricNames.exhausted, { description: 'Deliveries given up' }),
	};
});

/** Takes note of an attempt, when telemetry is on. */
export function recordAttempt(attempt: {
	readonly form: string;
	readonly failure: string | undefined;
	readonly durationMs: number;
	readonly delayMs: number;
	readonly exhausted: boolean;
}): void {
	if (!tracing()) return;
	const form = attempt.form.replace('CALLBACK_FORM_', '');
	const { attempts, attemptDuration, delay, exhausted } = instruments();
	attempts.add(1, { form, failure: attempt.failure ?? 'none' });
	attemptDuration.record(attempt.durationMs / 1000, { form });
	if (attempt.failure === undefined) delay.record(attempt.delayMs / 1000, { form });
	if (attempt.exhausted) exhausted.add(1, { form });
}

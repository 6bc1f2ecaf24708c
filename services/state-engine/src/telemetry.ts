import { notificationTopic } from '@fefaent/contracts/events';
import { perTelemetry, tracing } from '@fefaent/service-kit';
import { metrics, trace } from '@opentelemetry/api';

const scope = 'fefaent.state-engine';

/** Names of the service's spans. */
export const spanNames = {
	transition: 'transition notifications',
	fire: 'fire timers',
	follow: `process ${notificationTopic}`,
	sweep: 'sweep claims',
} as const;

/** Names of the service's metrics. */
export const metricNames = {
	/** Outcomes of decisions, by transition and kind. */
	decisions: 'fefaent.state_engine.decisions',
	/** Timers fired, by kind and result. */
	timers: 'fefaent.state_engine.timers',
	/** From when a timer was due to when it fired first, in seconds of the environment's time. */
	lateness: 'fefaent.state_engine.timer.lateness',
	/** Decisions found without proof and finished. */
	swept: 'fefaent.state_engine.swept',
} as const;

/** The service's tracer. */
export const tracer = trace.getTracer(scope);

const instruments = perTelemetry(() => {
	const meter = metrics.getMeter(scope);
	return {
		decisions: meter.createCounter(metricNames.decisions, { description: 'Outcomes of decisions' }),
		timers: meter.createCounter(metricNames.timers, { description: 'Timers fired' }),
		lateness: meter.createHistogram(metricNames.lateness, {
			unit: 's',
			description: 'From due to fired',
			advice: { explicitBucketBoundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 43_200, 108_000] },
		}),
		swept: meter.createCounter(metricNames.swept, { description: 'Decisions found without proof and finished' }),
	};
});

/** Counts outcomes of decisions, when telemetry is on. */
export function recordDecisions(
	decisions: readonly { readonly transition: string }[],
	outcomes: readonly { readonly kind: string }[],
): void {
	if (!tracing()) return;
	const { decisions: counter } = instruments();
	decisions.forEach(({ transition }, index) => {
		counter.add(1, { transition: transition.replace('TRANSITION_', ''), outcome: outcomes[index]?.kind ?? '' });
	});
}

/** Counts fired timers and how late they were, when telemetry is on. */
export function recordTimers(
	results: readonly { readonly kind: string; readonly timer: { readonly kind: string; readonly dueAt: Date; readonly attempts: number } }[],
	now: Date,
): void {
	if (!tracing()) return;
	const { timers, lateness } = instruments();
	for (const { kind, timer } of results) {
		timers.add(1, { timer: timer.kind, result: kind });
		if (timer.attempts === 0) lateness.record((now.getTime() - timer.dueAt.getTime()) / 1000, { timer: timer.kind });
	}
}

/** Counts claims that a sweep finished, when telemetry is on. */
export function recordSwept(count: number): void {
	if (tracing() && count > 0) instruments().swept.add(count);
}

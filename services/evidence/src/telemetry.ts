import { perTelemetry, tracing, withSpan } from '@fefaent/service-kit';
import { metrics, trace } from '@opentelemetry/api';
import type { SealingOutcome } from './sealing/batch.ts';

/** Names of the service's metrics and spans. */
export const telemetryNames = {
	/** Evidences sealed. */
	sealed: 'fefaent.evidence.sealed',
	/** Time to seal a batch, waiting included, in seconds. */
	sealingTime: 'fefaent.evidence.sealing.duration',
	sealSpan: 'seal evidences',
} as const;

const instruments = perTelemetry(() => {
	const meter = metrics.getMeter('fefaent.evidence');
	return {
		tracer: trace.getTracer('fefaent.evidence'),
		sealed: meter.createCounter(telemetryNames.sealed, { description: 'Evidences sealed' }),
		sealingTime: meter.createHistogram(telemetryNames.sealingTime, {
			unit: 's',
			description: 'Time to seal a batch of evidences',
			advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] },
		}),
	};
});

/**
 * Runs the sealing of a batch in a span and measures it, when telemetry is on. A batch of one trace is a part of that trace, a mixed one is linked to
 * all of them.
 */
export async function measureSealing(
	traceparents: readonly (string | undefined)[],
	run: () => Promise<SealingOutcome[]>,
): Promise<SealingOutcome[]> {
	if (!tracing()) return run();
	const { tracer, sealed, sealingTime } = instruments();
	const started = performance.now();
	const traces = [...new Set(traceparents)];
	const place = traces.length === 1 ? { parent: traces[0] } : { links: traces };
	return withSpan(tracer, telemetryNames.sealSpan, { attributes: { 'fefaent.batch.size': traceparents.length }, ...place }, async () => {
		const outcomes = await run();
		sealed.add(outcomes.filter((one) => 'xml' in one).length);
		sealingTime.record((performance.now() - started) / 1000);
		return outcomes;
	});
}

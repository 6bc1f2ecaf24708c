import { perTelemetry, tracing, withSpan } from '@fefaent/service-kit';
import { metrics, trace } from '@opentelemetry/api';

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

/** Runs the sealing of a batch in a span and measures it, when telemetry is on. */
export async function measureSealing<T>(count: number, run: () => Promise<T>): Promise<T> {
	if (!tracing()) return run();
	const { tracer, sealed, sealingTime } = instruments();
	const started = performance.now();
	return withSpan(tracer, telemetryNames.sealSpan, { attributes: { 'fefaent.batch.size': count } }, async () => {
		const result = await run();
		sealed.add(count);
		sealingTime.record((performance.now() - started) / 1000);
		return result;
	});
}

import { type Attributes, metrics } from '@opentelemetry/api';
import { kitScope, metricNames } from './names.ts';
import { perTelemetry, tracing } from './state.ts';

/** Bounds of RPC durations in seconds, as the semantic conventions advise. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

function duration(name: string, description: string) {
	return perTelemetry(() =>
		metrics.getMeter(kitScope).createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries: boundaries } }),
	);
}

const durations = {
	server: duration(metricNames.rpcServerDuration, 'How long calls took to answer'),
	client: duration(metricNames.rpcClientDuration, 'How long calls took to be answered'),
};

/** Records how long a call over the network took, when telemetry is on. @param startedMs `performance.now()` at its start */
export function recordDuration(side: keyof typeof durations, startedMs: number, attributes: Attributes): void {
	if (tracing()) durations[side]().record((performance.now() - startedMs) / 1000, attributes);
}

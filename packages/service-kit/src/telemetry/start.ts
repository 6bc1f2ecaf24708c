import type { IMetricReader } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { setTracing, tracing } from './state.ts';

/** What telemetry is started with. */
export interface TelemetryOptions {
	/** `service.name` of the resource. */
	readonly service: string;
	/** Base URL of an OTLP collector, HTTP with protobuf (`OTEL_EXPORTER_OTLP_ENDPOINT`); without it telemetry is off. */
	readonly endpoint?: string | undefined;
	/** Takes spans as soon as they end, instead of the collector: for tests. */
	readonly spanExporter?: SpanExporter;
	/** Reads metrics, instead of the collector: for tests. */
	readonly metricReader?: IMetricReader;
}

/** Telemetry of a process. */
export interface Telemetry {
	readonly enabled: boolean;
	/** Hands over every span that has ended, and every metric as it stands. */
	flush(): Promise<void>;
	/** Sends what is left and ends it. */
	stop(): Promise<void>;
}

/**
 * Starts traces and metrics for the whole process when there is somewhere to send them. Nothing of the OpenTelemetry SDK is loaded otherwise.
 * Sampling and export follow the standard settings of the environment: `OTEL_TRACES_SAMPLER`, `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_METRIC_EXPORT_INTERVAL` and
 * their like.
 * @throws Error when it is already started: the SDK registers itself globally
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
	if (options.endpoint === undefined && options.spanExporter === undefined && options.metricReader === undefined) {
		return { enabled: false, flush: async () => {}, stop: async () => {} };
	}
	if (tracing()) throw new Error('telemetry is already started');
	const { startSdk } = await import('./sdk.ts');
	const sdk = startSdk(options);
	setTracing(true);
	return {
		enabled: true,
		flush: sdk.flush,
		stop: async () => {
			setTracing(false);
			await sdk.stop();
		},
	};
}

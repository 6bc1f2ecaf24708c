/** Loads the OpenTelemetry SDK: imported only when telemetry is on. */
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type IMetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, SimpleSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import { samplerOf } from './sampler.ts';
import type { TelemetryOptions } from './start.ts';

/** The largest batch that a span stands for, each of whose items it links to: the standard 128 would leave some out. */
const mostLinks = 1_000;

/** Starts the SDK and registers it with the OpenTelemetry API. */
export function startSdk(options: TelemetryOptions): { flush(): Promise<void>; stop(): Promise<void> } {
	const processors = spanProcessors(options);
	const readers = metricReaders(options);
	const sdk = new NodeSDK({
		serviceName: options.service,
		sampler: samplerOf(process.env),
		spanLimits: { linkCountLimit: mostLinks, ...given('linkCountLimit', 'OTEL_SPAN_LINK_COUNT_LIMIT') },
		spanProcessors: processors,
		metricReaders: readers,
		// Logs are lines of JSON that carry the ids of their trace; they are not sent a second time.
		logRecordProcessors: [],
		instrumentations: [],
	});
	sdk.start();
	return {
		flush: async () => {
			await Promise.all([...processors, ...readers].map((one) => one.forceFlush()));
		},
		stop: async () => {
			try {
				await sdk.shutdown();
			} finally {
				for (const api of [trace, metrics, context, propagation]) api.disable();
			}
		},
	};
}

function spanProcessors({ endpoint, spanExporter }: TelemetryOptions): SpanProcessor[] {
	if (spanExporter !== undefined) return [new SimpleSpanProcessor({ exporter: spanExporter })];
	if (endpoint === undefined) return [];
	return [
		new BatchSpanProcessor({
			exporter: new OTLPTraceExporter({ url: signalUrl(endpoint, 'traces') }),
			...given('scheduledDelayMillis', 'OTEL_BSP_SCHEDULE_DELAY'),
			...given('maxQueueSize', 'OTEL_BSP_MAX_QUEUE_SIZE'),
			...given('maxExportBatchSize', 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
			...given('exportTimeoutMillis', 'OTEL_BSP_EXPORT_TIMEOUT'),
		}),
	];
}

function metricReaders({ endpoint, metricReader }: TelemetryOptions): IMetricReader[] {
	if (metricReader !== undefined) return [metricReader];
	if (endpoint === undefined) return [];
	const interval = given('exportIntervalMillis', 'OTEL_METRIC_EXPORT_INTERVAL');
	const timeout = given('exportTimeoutMillis', 'OTEL_METRIC_EXPORT_TIMEOUT');
	// The default timeout is longer than a short interval, which the reader refuses.
	const { exportIntervalMillis: every = 60_000 } = interval;
	const bounded = { exportTimeoutMillis: Math.min(timeout.exportTimeoutMillis ?? 30_000, every) };
	const exporter = new OTLPMetricExporter({ url: signalUrl(endpoint, 'metrics') });
	return [new PeriodicExportingMetricReader({ exporter, ...interval, ...bounded })];
}

/** A standard setting, where it holds a positive number: the SDK's parts do not read it when they are made one by one. */
function given<K extends string>(option: K, variable: string): { readonly [key in K]?: number } {
	const value = Number(process.env[variable]);
	return (value > 0 ? { [option]: value } : {}) as { readonly [key in K]?: number };
}

/** The address of one signal below the base endpoint (OTLP specification, "Endpoint URLs for OTLP/HTTP"). */
function signalUrl(endpoint: string, signal: string): string {
	return `${endpoint.replace(/\/+$/, '')}/v1/${signal}`;
}

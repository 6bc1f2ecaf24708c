/** Loads the OpenTelemetry SDK: imported only when telemetry is on. */
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type IMetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, SimpleSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TelemetryOptions } from './start.ts';

/** Starts the SDK and registers it with the OpenTelemetry API. */
export function startSdk(options: TelemetryOptions): { flush(): Promise<void>; stop(): Promise<void> } {
	const processors = spanProcessors(options);
	const sdk = new NodeSDK({
		serviceName: options.service,
		spanProcessors: processors,
		metricReaders: metricReaders(options),
		// Logs are lines of JSON that carry the ids of their trace; they are not sent a second time.
		logRecordProcessors: [],
		instrumentations: [],
	});
	sdk.start();
	return {
		flush: async () => {
			await Promise.all(processors.map((one) => one.forceFlush()));
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
	return endpoint === undefined
		? []
		: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: signalUrl(endpoint, 'traces') }) })];
}

function metricReaders({ endpoint, metricReader }: TelemetryOptions): IMetricReader[] {
	if (metricReader !== undefined) return [metricReader];
	if (endpoint === undefined) return [];
	return [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: signalUrl(endpoint, 'metrics') }) })];
}

/** The address of one signal below the base endpoint (OTLP specification, "Endpoint URLs for OTLP/HTTP"). */
function signalUrl(endpoint: string, signal: string): string {
	return `${endpoint.replace(/\/+$/, '')}/v1/${signal}`;
}

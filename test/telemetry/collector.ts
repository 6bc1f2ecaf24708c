import { type ReceivedRequest, startHttpRecorder } from '@fefaent/testing';
import { type ExportedMetric, type ExportedSpan, metricsOf, spansOf } from './otlp.ts';

/** A real OTLP receiver on loopback (HTTP, protobuf). */
export interface Collector extends AsyncDisposable {
	/** What `OTEL_EXPORTER_OTLP_ENDPOINT` names. */
	readonly url: string;
	/** Everything that came, as it came. */
	readonly requests: readonly ReceivedRequest[];
	spans(): readonly ExportedSpan[];
	/** Every export of every metric, in the order of arrival. */
	metrics(): readonly ExportedMetric[];
}

/** Starts it. */
export async function startCollector(): Promise<Collector> {
	// An empty ExportTraceServiceResponse or ExportMetricsServiceResponse: all was taken.
	const recorder = await startHttpRecorder({ respond: () => ({ headers: { 'content-type': 'application/x-protobuf' } }) });
	const read = <T>(signal: string, of: (body: Uint8Array) => readonly T[]) => {
		const seen: T[] = [];
		let next = 0;
		return () => {
			for (; next < recorder.requests.length; next++) {
				const request = recorder.requests[next];
				if (request?.path === `/v1/${signal}`) seen.push(...of(request.body));
			}
			return seen;
		};
	};
	return {
		url: recorder.url,
		requests: recorder.requests,
		spans: read('traces', spansOf),
		metrics: read('metrics', metricsOf),
		[Symbol.asyncDispose]: () => recorder.close(),
	};
}

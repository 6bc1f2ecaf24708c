import { perTelemetry, tracing, withSpan } from '@fefaent/service-kit';
import { metrics, SpanKind, trace } from '@opentelemetry/api';
import type { Answer, Exchange } from '../../http/exchange.ts';
import { enotumLitePath } from './names.ts';

const scope = 'fefaent.gateway';

/** Names of the face's metrics. */
export const metricNames = {
	/** Requests answered, by operation and error code of the request. */
	requests: 'fefaent.gateway.enotumlite.requests',
} as const;

/** The server span of a request (OpenTelemetry semantic conventions for HTTP). */
const spanName = `POST ${enotumLitePath}`;

const requests = perTelemetry(() =>
	metrics.getMeter(scope).createCounter(metricNames.requests, { description: 'eNotumLite requests answered' }),
);

/** Runs a request inside its server span, which goes on from the caller's trace. */
export function traced(exchange: Exchange, run: () => Promise<Answer>): Promise<Answer> {
	if (!tracing()) return run();
	const parent = exchange.headers.traceparent;
	const attributes = { 'http.request.method': 'POST', 'http.route': enotumLitePath };
	return withSpan(
		trace.getTracer(scope),
		spanName,
		{ kind: SpanKind.SERVER, attributes, ...(typeof parent === 'string' ? { parent } : {}) },
		async (span) => {
			const answer = await run();
			span.setAttribute('http.response.status_code', answer.status);
			return answer;
		},
	);
}

/** Counts a request that was answered, when telemetry is on. */
export function recordRequest(operation: string, code: string): void {
	if (tracing()) requests().add(1, { operation, code });
}

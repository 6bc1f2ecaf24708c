import type { SpanName } from '@fefaent/contracts/telemetry';
import { errorType, histogram, tracing, withSpan } from '@fefaent/service-kit';
import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const scope = 'fefaent.gateway';
const duration = histogram(scope, 'http.server.request.duration');

/** A request from outside, as far as telemetry goes. */
export interface ServedRequest {
	readonly name: SpanName;
	readonly method: string;
	/** As the server knows it: with `{names}`, not with values. */
	readonly route: string;
	readonly scheme: string;
	/** The caller's `traceparent` header. */
	readonly traceparent: string | readonly string[] | undefined;
	readonly attributes?: Attributes;
}

/**
 * Runs a request in its SERVER span, which goes on from the caller's trace, and measures it, when telemetry is on (semantic conventions for HTTP).
 * @param statusOf the status of an answer, and of a rejection that becomes one
 */
export async function serving<T>(
	request: ServedRequest,
	statusOf: (result: { readonly answer: T } | { readonly error: unknown }) => number,
	run: () => Promise<T>,
): Promise<T> {
	if (!tracing()) return run();
	const started = performance.now();
	const common = { 'http.request.method': request.method, 'http.route': request.route, 'url.scheme': request.scheme };
	const tell = (span: Span, status: number, failure: string | undefined): void => {
		const failed = status >= 500 ? { 'error.type': failure ?? String(status) } : {};
		span.setAttributes({ 'http.response.status_code': status, ...failed });
		if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
		duration((performance.now() - started) / 1000, { ...common, 'http.response.status_code': status, ...failed });
	};
	const { name, traceparent, attributes } = request;
	const options = {
		kind: SpanKind.SERVER,
		attributes: { ...common, ...attributes },
		// What is refused is answered; only a failure of ours is one of the span.
		fails: () => false,
		...(typeof traceparent === 'string' ? { parent: traceparent } : {}),
	};
	return withSpan(trace.getTracer(scope), name, options, async (span) => {
		try {
			const answer = await run();
			tell(span, statusOf({ answer }), undefined);
			return answer;
		} catch (error) {
			tell(span, statusOf({ error }), errorType(error));
			throw error;
		}
	});
}

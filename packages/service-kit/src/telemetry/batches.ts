import {
	type Attributes,
	context,
	ROOT_CONTEXT,
	type Span,
	type SpanContext,
	SpanKind,
	SpanStatusCode,
	type Tracer,
	trace,
} from '@opentelemetry/api';
import { contextFromTraceparent, errorType, traceparentOf } from './spans.ts';
import { tracing } from './state.ts';

/** How work on several things at once is told. */
export interface BatchSpans<I> {
	readonly items: readonly I[];
	/** W3C trace context that brought an item here, if it was traced. */
	readonly traceparentOf: (item: I) => string | undefined;
	/** The span that each item has, in its own trace. */
	readonly item: { readonly name: (item: I) => string; readonly kind?: SpanKind; readonly attributes: (item: I) => Attributes };
	/** The span that they have together when they are several. */
	readonly batch: { readonly name: string; readonly kind?: SpanKind; readonly attributes: Attributes };
}

/**
 * Runs work on a batch so that each trace that meets in it shows its own item, with the time that it took. One item: the work is a part of its span.
 * Several: the work is a span of its own, linked both ways to those of the items; it is a part of their trace when they all have the same, else the
 * beginning of a new one.
 * @param run gets the trace context to go on from for each item, to be stored with what comes of it
 * @param failureOf why an item failed though the batch did not: the `error.type` of its span
 */
export async function withBatchSpans<I, T>(
	tracer: Tracer,
	spans: BatchSpans<I>,
	run: (traceparents: readonly (string | undefined)[]) => Promise<T>,
	failureOf?: (result: T, index: number) => string | undefined,
): Promise<T> {
	const { items } = spans;
	if (!tracing() || items.length === 0) return run(items.map(spans.traceparentOf));
	const own = items.map((item) => startItem(tracer, spans, item));
	const contexts = own.map((span) => span.spanContext());
	const whole = items.length === 1 ? undefined : startBatch(tracer, spans, contexts);
	if (whole) for (const span of own) span.addLink({ context: whole.spanContext() });
	try {
		const result = await context.with(trace.setSpan(ROOT_CONTEXT, whole ?? (own[0] as Span)), () => run(contexts.map(traceparentOf)));
		own.forEach((span, index) => {
			const failure = failureOf?.(result, index);
			if (failure !== undefined) fail(span, failure);
		});
		return result;
	} catch (error) {
		for (const span of whole ? [...own, whole] : own) fail(span, errorType(error));
		throw error;
	} finally {
		for (const span of own) span.end();
		whole?.end();
	}
}

function startItem<I>(tracer: Tracer, { item: { name, kind, attributes }, traceparentOf: of }: BatchSpans<I>, item: I): Span {
	const options = { kind: kind ?? SpanKind.INTERNAL, attributes: attributes(item) };
	return tracer.startSpan(name(item), options, contextFromTraceparent(of(item)));
}

function startBatch<I>(tracer: Tracer, { batch: { name, kind, attributes } }: BatchSpans<I>, items: readonly SpanContext[]): Span {
	const [first] = items as [SpanContext];
	const parent = items.every(({ traceId }) => traceId === first.traceId) ? trace.setSpanContext(ROOT_CONTEXT, first) : ROOT_CONTEXT;
	const links = items.map((one) => ({ context: one }));
	return tracer.startSpan(name, { kind: kind ?? SpanKind.INTERNAL, attributes, links }, parent);
}

function fail(span: Span, type: string): void {
	span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type);
}

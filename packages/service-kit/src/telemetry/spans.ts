import { DomainError } from '@fefaent/kernel';
import {
	type Attributes,
	type Context,
	context,
	isSpanContextValid,
	type Link,
	ROOT_CONTEXT,
	type Span,
	type SpanContext,
	SpanKind,
	SpanStatusCode,
	type Tracer,
	trace,
} from '@opentelemetry/api';
import { currentCall } from '../rpc/context.ts';
import { tracing } from './state.ts';

/** How a span is made. */
export interface SpanOptions {
	/** Default INTERNAL. */
	readonly kind?: SpanKind;
	/** No personal data. */
	readonly attributes?: Attributes;
	/** Traceparents of other work that this one follows from, such as the messages of a batch. */
	readonly links?: readonly (string | undefined)[];
	/** Traceparent of the work that this one is a part of; the active span unless given. */
	readonly parent?: string | undefined;
	/** Whether a rejection is a failure of this work, and not an answer like another; default: it is. */
	readonly fails?: (error: unknown) => boolean;
}

/**
 * Runs `run` inside a span and ends it with the promise that `run` answers. A failure sets the span's status and `error.type` and is thrown on;
 * its message is not recorded, since it may be another party's. Costs one function call when telemetry is off.
 */
export async function withSpan<T>(tracer: Tracer, name: string, options: SpanOptions, run: (span: Span) => Promise<T>): Promise<T> {
	if (!tracing()) return run(trace.wrapSpanContext(noSpan));
	const parent = options.parent === undefined ? activeContext() : contextFromTraceparent(options.parent);
	const span = tracer.startSpan(
		name,
		{ kind: options.kind ?? SpanKind.INTERNAL, attributes: options.attributes ?? {}, links: linksTo(options.links ?? []) },
		parent,
	);
	try {
		return await context.with(trace.setSpan(parent, span), () => run(span));
	} catch (error) {
		if (options.fails?.(error) ?? true) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorType(error));
		throw error;
	} finally {
		span.end();
	}
}

const noSpan: SpanContext = { traceId: '00000000000000000000000000000000', spanId: '0000000000000000', traceFlags: 0 };

/** The value of `error.type`: a failure's reason, or the name of an exception's class. */
export function errorType(error: unknown): string {
	if (error instanceof DomainError) return error.reason;
	return error instanceof Error ? error.name : typeof error;
}

/** The active span, or else the trace of the call being answered. */
function activeContext(): Context {
	const active = context.active();
	const call = currentCall();
	return trace.getSpanContext(active) === undefined && call?.traceparent !== undefined ? contextFromTraceparent(call.traceparent) : active;
}

function linksTo(traceparents: readonly (string | undefined)[]): Link[] {
	return traceparents
		.map(parseTraceparent)
		.filter((one) => one !== undefined)
		.map((one) => ({ context: one }));
}

/** W3C trace context of the active span, or of the call being answered: to be stored in an outbox or a timer, or sent along. */
export function currentTraceparent(): string | undefined {
	const active = tracing() ? trace.getActiveSpan()?.spanContext() : undefined;
	return active === undefined ? currentCall()?.traceparent : traceparentOf(active);
}

/** The `traceparent` header of a span (W3C Trace Context, version 00). */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
	return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** The trace that a `traceparent` belongs to, as 32 hexadecimal digits; nothing when it is absent or malformed. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
	return parseTraceparent(traceparent)?.traceId;
}

/** A context whose parent is the span that `traceparent` names; the root context when it is absent or malformed. */
export function contextFromTraceparent(traceparent: string | undefined): Context {
	const parsed = parseTraceparent(traceparent);
	return parsed === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parsed);
}

function parseTraceparent(traceparent: string | undefined): SpanContext | undefined {
	// Later versions may add fields after the flags, and only version ff is forbidden (W3C Trace Context section 3.2).
	const found = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/.exec(traceparent ?? '');
	if (found === null) return undefined;
	const [, traceId = '', spanId = '', flags = ''] = found;
	const parsed = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
	return isSpanContextValid(parsed) ? parsed : undefined;
}

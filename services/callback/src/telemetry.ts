import { DeliveryState } from '@fefaent/contracts/callback';
import type { SpanName } from '@fefaent/contracts/telemetry';
import type { Clock } from '@fefaent/kernel';
import { ageOf, counter, histogram, type Logger, showGauges, traceparentOf, tracing, withSpan } from '@fefaent/service-kit';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { AttemptResult } from './domain/verdict.ts';
import type { Exchange, HttpMessage } from './http/client.ts';
import type { CallbackStore } from './store/port.ts';

const scope = 'fefaent.callback';

/** Names of the service's spans. */
export const spanNames = { deliver: 'deliver callback', post: 'POST' } as const satisfies Readonly<Record<string, SpanName>>;

/** The service's tracer. */
export const tracer = trace.getTracer(scope);

const attempts = counter(scope, 'fefaent.callback.attempts');
const attemptDuration = histogram(scope, 'fefaent.callback.attempt.duration');
const deliveryDuration = histogram(scope, 'fefaent.callback.delivery.duration');
const exhausted = counter(scope, 'fefaent.callback.exhausted');

/** Counts deliveries that were given up, when telemetry is on. @param form of their endpoint */
export function recordExhausted(form: string, deliveries: number): void {
	if (deliveries > 0) exhausted(deliveries, attributesOf(form));
}

const attributesOf = (form: string) => ({ 'fefaent.form': form.replace('CALLBACK_FORM_', '') });

/** Takes note of an attempt, when telemetry is on. */
export function recordAttempt(attempt: {
	readonly form: string;
	readonly result: AttemptResult;
	readonly durationMs: number;
	/** Since the change of state, in the environment's time. */
	readonly sinceChangeMs: number;
}): void {
	const form = attributesOf(attempt.form);
	const { failure } = attempt.result;
	const attributes = { ...form, ...(failure !== undefined && { 'error.type': failure }) };
	attempts(1, attributes);
	attemptDuration(attempt.durationMs / 1000, attributes);
	if (failure === undefined) deliveryDuration(attempt.sinceChangeMs / 1000, form);
	else trace.getActiveSpan()?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', failure);
}

/** Posts a message in a span of its own, which the receiver can go on from. @param url of the endpoint; of it only the server is told */
export function tracePost(url: string, message: HttpMessage, post: (message: HttpMessage) => Promise<Exchange>): Promise<Exchange> {
	if (!tracing()) return post(message);
	const { hostname, port, protocol } = new URL(url);
	const server = { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) };
	const attributes = { 'http.request.method': 'POST', ...server };
	return withSpan(tracer, spanNames.post, { kind: SpanKind.CLIENT, attributes }, async (span) => {
		const exchange = await post({ ...message, headers: { ...message.headers, traceparent: traceparentOf(span.spanContext()) } });
		const status = 'answer' in exchange ? exchange.answer.status : exchange.status;
		if (status > 0) span.setAttribute('http.response.status_code', status);
		const failure = 'failure' in exchange ? exchange.failure : String(status);
		if ('failure' in exchange || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', failure);
		return exchange;
	});
}

/** Shows what waits, when telemetry is on. Returns a function that ends it. */
export function showWaiting(store: Pick<CallbackStore, 'list'>, clock: Clock, logger: Logger): () => void {
	const first = { notificationIds: [], endpointId: '', state: DeliveryState.PENDING, afterPosition: '', limit: 1 };
	return showGauges(
		scope,
		{
			'fefaent.callback.delivery.oldest.age': async () => {
				const [oldest] = await store.list(first);
				return ageOf(oldest?.delivery.recordedAt, clock.now());
			},
		},
		(error, gauge) => logger.warn({ err: error, gauge }, 'a gauge could not be read'),
	);
}

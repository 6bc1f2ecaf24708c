import { contextFromTraceparent, counter, errorType, histogram, traceparentOf, tracing } from '@fefaent/service-kit';
import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { BusMessage } from '../port.ts';
import { type MessagingSystem, messaging, ofMessage, scope } from './attributes.ts';

const sent = counter(scope, 'messaging.client.sent.messages');
const duration = histogram(scope, 'messaging.client.operation.duration');

/**
 * Publishes messages so that each has a PRODUCER span in the trace that it belongs to, from which its consumers go on. Costs one function call while
 * telemetry is off.
 * @param send gets the messages with the trace context of these spans
 */
export async function traceSending(
	system: MessagingSystem,
	messages: readonly BusMessage[],
	send: (messages: readonly BusMessage[]) => Promise<void>,
): Promise<void> {
	if (!tracing()) return send(messages);
	const started = performance.now();
	const spans = messages.map((message) => {
		const attributes = {
			...messaging(system, message.topic, 'send'),
			...ofMessage(system, message),
			'messaging.operation.type': 'send',
			...(messages.length > 1 && { 'messaging.batch.message_count': messages.length }),
		};
		const parent = contextFromTraceparent(message.headers.traceparent);
		return trace.getTracer(scope).startSpan(`send ${message.topic}`, { kind: SpanKind.PRODUCER, attributes }, parent);
	});
	const tell = (failed: Attributes): void => {
		const seconds = (performance.now() - started) / 1000;
		for (const [topic, some] of Map.groupBy(messages, (message) => message.topic)) {
			const attributes = { ...messaging(system, topic, 'send'), ...failed };
			sent(some.length, attributes);
			duration(seconds, { ...attributes, 'messaging.operation.type': 'send' });
		}
	};
	try {
		await send(
			messages.map((message, index) => {
				const span = spans[index]?.spanContext();
				return span ? { ...message, headers: { ...message.headers, traceparent: traceparentOf(span) } } : message;
			}),
		);
		tell({});
	} catch (error) {
		tell({ 'error.type': errorType(error) });
		for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorType(error));
		throw error;
	} finally {
		for (const span of spans) span.end();
	}
}

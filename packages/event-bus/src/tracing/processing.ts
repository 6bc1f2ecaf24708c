import { counter, detached, errorType, histogram, tracing, withBatchSpans } from '@fefaent/service-kit';
import { SpanKind, trace } from '@opentelemetry/api';
import type { Delivery, FollowOptions, Outcome } from '../port.ts';
import { type MessagingSystem, messaging, ofMessage, scope } from './attributes.ts';

const consumed = counter(scope, 'messaging.client.consumed.messages');
const duration = histogram(scope, 'messaging.process.duration');

type Handle = FollowOptions['handle'];

/**
 * A handler whose messages have CONSUMER spans, each in its own trace; the messages that it gets carry the trace context of these. A batch is no part
 * of whichever call published its messages.
 */
export function traceProcessing(system: MessagingSystem, group: string, handle: Handle): Handle {
	return (batch) => detached(() => (tracing() ? traced(system, group, batch, handle) : handle(batch)));
}

async function traced(system: MessagingSystem, group: string, batch: readonly Delivery[], handle: Handle): Promise<readonly Outcome[]> {
	const started = performance.now();
	const topics = [...Map.groupBy(batch, ({ topic }) => topic)];
	const common = (topic: string) => ({ ...messaging(system, topic, 'process'), 'messaging.consumer.group.name': group });
	for (const [topic, some] of topics) consumed(some.length, common(topic));
	const tell = (failed: object): void => {
		const seconds = (performance.now() - started) / 1000;
		for (const [topic] of topics) duration(seconds, { ...common(topic), ...failed });
	};
	const topic = topics.map(([name]) => name).join(',');
	try {
		const outcomes = await withBatchSpans(
			trace.getTracer(scope),
			{
				items: batch,
				traceparentOf: ({ headers }) => headers.traceparent,
				item: {
					name: (message) => `process ${message.topic}`,
					kind: SpanKind.CONSUMER,
					attributes: (message) => ({
						...common(message.topic),
						...ofMessage(system, message),
						'messaging.operation.type': 'process',
						...(system === 'kafka' && { 'messaging.kafka.offset': message.offset }),
						'fefaent.attempt': message.attempt,
					}),
				},
				batch: {
					name: `process batch ${topic}`,
					kind: SpanKind.CONSUMER,
					attributes: { ...common(topic), 'messaging.operation.type': 'process', 'messaging.batch.message_count': batch.length },
				},
			},
			(traceparents) => handle(batch.map((message, index) => withTrace(message, traceparents[index]))),
			(all, index) => (all[index]?.kind === 'done' ? undefined : (all[index]?.kind ?? 'missing')),
		);
		tell({});
		return outcomes;
	} catch (error) {
		tell({ 'error.type': errorType(error) });
		throw error;
	}
}

function withTrace(message: Delivery, traceparent: string | undefined): Delivery {
	return traceparent === undefined ? message : { ...message, headers: { ...message.headers, traceparent } };
}

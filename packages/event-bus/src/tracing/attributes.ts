import type { Attributes } from '@opentelemetry/api';

/** Name of the tracer and the meter of the bus. */
export const scope = 'fefaent.event-bus';

/** What the bus is made of, as `messaging.system` has it: Kafka, or the log of the embedded bus. */
export type MessagingSystem = 'kafka' | 'fefaent';

/** What every span and metric of the bus says (semantic conventions for messaging). */
export function messaging(system: MessagingSystem, topic: string, operation: 'send' | 'process'): Attributes {
	return { 'messaging.system': system, 'messaging.destination.name': topic, 'messaging.operation.name': operation };
}

/** What the span of one message says besides. */
export function ofMessage(system: MessagingSystem, { id, key }: { readonly id: string; readonly key: string }): Attributes {
	return { 'messaging.message.id': id, ...(system === 'kafka' && { 'messaging.kafka.message.key': key }) };
}

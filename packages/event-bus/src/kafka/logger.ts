import kafkajs, { type logCreator } from 'kafkajs';

/** Where the client's log goes: what pino offers. */
export interface KafkaLogger {
	debug(fields: object, message: string): void;
	info(fields: object, message: string): void;
	warn(fields: object, message: string): void;
	error(fields: object, message: string): void;
}

/** What of an entry is passed on: names, places and reasons; never a message's content. */
const fields = ['groupId', 'memberId', 'clientId', 'broker', 'topic', 'partition', 'error', 'retryCount', 'retryTime', 'generationId'];

/**
 * Said whenever a producer is made whose retries end. Here they are to: the publisher then replaces the producer and reports the failure, the events are sent
 * again from their outbox, and consumers know by its id what they have seen.
 */
const retriesEnd = 'Limiting retries for the idempotent producer may invalidate EoS guarantees';

/** Gives kafkajs's log to a logger. What kafkajs calls information (each pause, each join) is detail here. */
export function logTo(logger: KafkaLogger | undefined): logCreator {
	return () =>
		({ namespace, level, log }) => {
			if (!logger || log.message === retriesEnd) return;
			const kept: Record<string, unknown> = { client: namespace };
			for (const field of fields) if (typeof log[field] === 'string' || typeof log[field] === 'number') kept[field] = log[field];
			const { ERROR, WARN } = kafkajs.logLevel;
			const write = level === ERROR ? 'error' : level === WARN ? 'warn' : 'debug';
			logger[write](kept, `kafka: ${log.message}`);
		};
}

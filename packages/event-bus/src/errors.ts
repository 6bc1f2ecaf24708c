import { errorsOf } from '@fefaent/kernel';

/** What the bus itself refuses or fails at. */
export const busErrors = {
	BUS_CLOSED: { kind: 'unavailable', message: 'the event bus is closed' },
	BUS_GROUP_TAKEN: { kind: 'precondition', message: 'the group {group} already follows {topic} in this process' },
	BUS_OUTCOMES_MISMATCH: { kind: 'internal', message: 'a handler of {group} answered {got} outcomes to {expected} messages' },
	BUS_TOPICS_MISSING: { kind: 'precondition', message: 'these topics are missing on the Kafka cluster: {topics}' },
	BUS_UNFIT: { kind: 'precondition', message: 'the Kafka cluster cannot be used: {cause}' },
	BUS_BROKERS_MISSING: {
		kind: 'unavailable',
		message:
			'the Kafka cluster has {brokers} brokers, and topics are to have {copies} copies: start more, or set FEFAENT_KAFKA_REPLICATION',
	},
	BUS_NOT_PROMISED: { kind: 'unavailable', message: 'the Kafka cluster did not confirm every message' },
	BUS_NOT_READ: { kind: 'unavailable', message: 'the dead letters could not be read to their end in time' },
} as const;

/** Raises one of {@link busErrors}. */
export const busError = errorsOf(busErrors);

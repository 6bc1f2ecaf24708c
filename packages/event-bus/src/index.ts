export { type EmbeddedBus, type EmbeddedBusOptions, openEmbeddedBus } from './embedded/bus.ts';
export { busErrors } from './errors.ts';
export type {
	BusMessage,
	DeadLetter,
	DeadLetterFilter,
	Delivery,
	EventBus,
	FailedAttempt,
	Following,
	FollowOptions,
	GroupLag,
	Outcome,
	RedriveFilter,
	RetryPolicy,
} from './port.ts';
export { OutboxRelay, type OutboxRelayOptions, type OutboxSource } from './relay.ts';
export { defaultRetry } from './retry.ts';

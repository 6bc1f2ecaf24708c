import type { BackoffPolicy } from '@fefaent/kernel';

/** A message as its publisher gives it. Carries ids, states, instants and hashes; never personal data. */
export interface BusMessage {
	/** UUIDv7: what consumers recognise a repetition by. */
	readonly id: string;
	readonly topic: string;
	/** Messages of one topic and key are delivered in the order in which they were published. */
	readonly key: string;
	readonly type: string;
	/** When it happened, in the environment's time. */
	readonly at: Date;
	/** Passed through as they are; `traceparent` (W3C Trace Context) among them. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Uint8Array;
}

/** A message as a consumer gets it. */
export interface Delivery extends BusMessage {
	/** 1 for the first. Counted in memory: it starts over with the process. */
	readonly attempt: number;
	/** Its place in the topic's log; for logs and spans only, it means something else on every adapter. */
	readonly offset: number;
}

/** What became of one message: `done`, to be tried again after a back-off, or given up for good. Reasons are to carry no personal data; what looks like it is masked. */
export type Outcome =
	| { readonly kind: 'done' }
	| { readonly kind: 'retry'; readonly reason: string }
	| { readonly kind: 'dead'; readonly reason: string };

/** How often, and how far apart, a message is tried. Real time. */
export interface RetryPolicy extends BackoffPolicy {
	/**
	 * Tries in all, the first included; then it becomes a dead letter. `Infinity` never gives up (and holds its key for ever). A try does not count when
	 * the handler was rejected for a reason that passes by itself, something that is away, overloaded or late: such a message is tried until that is over.
	 */
	readonly maxAttempts: number;
}

/** How a consumer group follows its topics. */
export interface FollowOptions {
	readonly topics: readonly string[];
	/** Names the committed offsets. One live follower per topic and group in a process. */
	readonly group: string;
	/** Most messages handed over at once. Default 100. */
	readonly maxBatch?: number;
	/** Batches under way at once. Default 2. */
	readonly maxInFlight?: number;
	/**
	 * Messages read ahead and not yet settled, those that wait for a retry or for their key included; when it is full, reading pauses.
	 * Default 2,000, and never less than two full rounds.
	 */
	readonly lookAhead?: number;
	/** Default: 70 tries, 0.1 s to 60 s apart, doubling (about an hour in all). */
	readonly retry?: RetryPolicy;
	/**
	 * Takes a batch and answers one outcome for each message, in order, once its effect is durable. A batch holds at most one message of a
	 * key and may mix topics. A rejection (or a wrong number of outcomes) is a retry of all of it, one by one from then on, so that one
	 * poisonous message is found and the others go through. The reason kept of a rejection is a DomainError's reason and message, and of any other error
	 * its class and code, since foreign texts may quote what they failed at.
	 */
	readonly handle: (batch: readonly Delivery[]) => Promise<readonly Outcome[]>;
}

/** A consumer at work. */
export interface Following {
	/** Takes no more, waits for the batches under way, commits what they settled. The rest is delivered to the next follower. */
	stop(): Promise<void>;
}

/** One failed try. */
export interface FailedAttempt {
	readonly attempt: number;
	readonly at: Date;
	readonly reason: string;
}

/** A message that its group gave up on. */
export interface DeadLetter extends BusMessage {
	readonly group: string;
	/** Why the last try failed. */
	readonly reason: string;
	/** Tries in all, over every redrive. */
	readonly attempts: number;
	readonly diedAt: Date;
	/** The last tries (20 at most), oldest first. */
	readonly history: readonly FailedAttempt[];
}

/** Which dead letters to list: all, or those of a group and/or topic. */
export interface DeadLetterFilter {
	readonly group?: string;
	readonly topic?: string;
	/** Default 100. */
	readonly limit?: number;
}

/** Which dead letters to put back: all, or those that match everything given. */
export interface RedriveFilter {
	readonly group?: string;
	readonly topic?: string;
	/** Message ids. */
	readonly ids?: readonly string[];
}

/** How far a group is behind on a topic. */
export interface GroupLag {
	readonly topic: string;
	readonly group: string;
	/** Messages neither done nor dead, redriven ones included. */
	readonly pending: number;
	/** Dead letters that nobody has redriven: the number to watch. */
	readonly dead: number;
}

/** The event bus: at least once, in order per topic and key. */
export interface EventBus {
	/** Resolved when all are durable; rejected when none is promised to be. Order within the call is the order of delivery. */
	publish(messages: readonly BusMessage[]): Promise<void>;
	/** Starts to deliver. A group not seen before starts at the oldest message retained. @throws `BUS_GROUP_TAKEN`, `BUS_CLOSED` */
	follow(options: FollowOptions): Following;
	/** Dead letters, those that died first coming first. */
	deadLetters(filter?: DeadLetterFilter): Promise<readonly DeadLetter[]>;
	/** Puts dead letters back to the group they died in (to no other), with a new count of tries. @returns how many */
	redrive(filter?: RedriveFilter): Promise<number>;
	/** Every topic and group that ever followed it. */
	lag(): Promise<readonly GroupLag[]>;
	/** Stops every follower, then lets go of the log. */
	close(): Promise<void>;
}

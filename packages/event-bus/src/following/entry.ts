import type { BusMessage, FailedAttempt } from '../port.ts';
import type { LaneEntry } from './lanes.ts';

/** A message with its place in its topic's log. */
export interface LoggedMessage extends BusMessage {
	readonly offset: number;
}

/** A message on its way through a follower. */
export interface Entry extends LaneEntry {
	readonly message: LoggedMessage;
	/** Of a redriven dead letter: its tries in earlier lives. */
	readonly attemptsBefore: number;
	/** 1 for the first. */
	attempt: number;
	/** Tries that failed for a reason that does not pass by itself. */
	strikes: number;
	history: readonly FailedAttempt[];
}

/** Where a follower reads: a topic of the embedded log, a partition of Kafka. */
export interface Source<E> {
	/** Whether {@link read} may bring something. */
	readonly hasMore: boolean;
	/** Up to `limit` entries that come next; never waits. */
	read(limit: number): readonly E[];
	/** The entry is done with: handled, or buried. */
	settle(entry: E, buried: boolean): void;
}

/** A message that is given up, with what it went through. */
export interface Death {
	readonly message: LoggedMessage;
	readonly reason: string;
	/** Tries in all, earlier lives included. */
	readonly attempts: number;
	readonly diedAt: Date;
	readonly history: readonly FailedAttempt[];
}

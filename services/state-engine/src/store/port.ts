import type { Instance, InstanceChange, Timer } from '../domain/instance.ts';
import type { WorkflowPosition } from '../domain/workflow.ts';

/** Which timers to look at. */
export interface QueueLook {
	/** The environment's time: timers due by then. */
	readonly now: Date;
	/** Real time, milliseconds since 1970: leases and back-offs over by then. */
	readonly realNow: number;
	/** Those whose task has to be proved, or the others: each kind has a queue of its own. */
	readonly proved: boolean;
	/** Notifications that are left alone, a few thousand at most: their timers are being fired, whatever the machine's clock says of the lease. */
	readonly except: readonly number[];
}

/** Which timers to take, and for how long. */
export interface ClaimTimers extends QueueLook {
	/** Who takes them. */
	readonly owner: string;
	/** Until when nobody else may, in real time. */
	readonly leaseUntil: number;
	/** Most timers. */
	readonly limit: number;
}

/** What a timer that fires is told of another one of its instance. */
export type OtherTimer = Pick<Timer, 'kind' | 'dueAt'>;

/** A timer that its owner may fire until the lease ends, with the instance that it belongs to. */
export interface ClaimedTimer extends Timer {
	readonly notificationId: number;
	readonly workflow: string;
	readonly workflowVersion: number;
	readonly position: WorkflowPosition;
	/** The instance's other timers, as they were when this one was taken. */
	readonly others: readonly OtherTimer[];
	readonly owner: string;
	readonly leaseUntil: number;
}

/** What became of a claimed timer. It counts only while the lease still stands: a timer set anew meanwhile is left alone. */
export type TimerResult = { readonly timer: ClaimedTimer } /** Fired, or of no use any more: it goes. */ & (
	| { readonly kind: 'done' }
	/** There is no such notification: the instance goes with all its timers. */
	| { readonly kind: 'gone' }
	/** Not yet: due later, as if never tried. */
	| { readonly kind: 'later'; readonly dueAt: Date }
	/** Failed: tried again from that instant of real time on. */
	| { readonly kind: 'failed'; readonly notBefore: number }
);

/**
 * Keeps instances and their timers: one aggregate for each notification. Everything is a batch, and each item of a batch is atomic by
 * itself; a batch may be written together or apart.
 */
export interface StateEngineStore {
	/** Instances in the order of the ids; undefined for those that there are none of. */
	getMany(ids: readonly number[]): Promise<readonly (Instance | undefined)[]>;
	/**
	 * Writes changes, each only when the instance's revision is still the one before (none for revision 1). At most one change of an instance
	 * in a batch. Durable when answered.
	 */
	applyMany(changes: readonly InstanceChange[]): Promise<readonly ('written' | 'stale')[]>;
	/**
	 * Leases timers that are due and free, those that could have been taken first coming first: since they are due, or since a lease or back-off
	 * ended. At most one of an instance is leased at any time, so that of fresh ones what is due earlier is over before what is due later begins.
	 * Costs no more for any number of timers in back-off.
	 */
	claimDue(request: ClaimTimers): Promise<readonly ClaimedTimer[]>;
	/** Writes what became of claimed timers. */
	settle(results: readonly TimerResult[]): Promise<void>;
	/** Ends all leases of an owner that starts anew. @returns how many there were */
	releaseLeases(owner: string): Promise<number>;
	/** The first instant after `now` at which a timer is due; undefined when there is none. */
	nextDue(now: Date): Promise<Date | undefined>;
	/** Milliseconds (0 or more) until a timer may be due, the environment's time running as real time does; undefined when there is none. */
	untilNext(look: QueueLook): Promise<number | undefined>;
	/** Timers that are due, those being fired included and those in back-off not. */
	countDue(now: Date, realNow: number): Promise<number>;
	/** When the timer that is due longest fell due, those in back-off included (of many of these, the hundred that are tried next); undefined when none is due. */
	oldestDue(now: Date): Promise<Date | undefined>;
	/** Calls `listener` after timers were set, by this process at least; it may be called for nothing. Returns a function that stops it. */
	onScheduled(listener: () => void): () => void;
	/** @throws when the store does not answer */
	ping(): Promise<void>;
	/** From now on takes this replica's part of the queue, which nobody else works on then: for whoever begins to work on it at once. */
	join(): Promise<void>;
	/** Before the end: takes nothing more from the queue and leaves it to the other replicas, which need not wait for what this one has begun. */
	leave(): Promise<void>;
	close(): Promise<void>;
}

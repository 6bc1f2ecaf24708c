import { callStorage } from './call.ts';

/** What a handler knows of the call that it answers. */
export interface CallContext {
	/** The name of the calling service: proved by its certificate over TLS, else as it told. */
	readonly caller: string;
	/** When the caller stops waiting: milliseconds since 1970, real time. */
	readonly deadline: number;
	/** Aborted when the caller gave up or the deadline has passed: nobody will read the answer. */
	readonly signal: AbortSignal;
	/** W3C trace context of the call, or of the trace it is a part of. */
	readonly traceparent: string | undefined;
	/** One for each call, and the same when the call is repeated; absent in process, where no call ever is. */
	readonly requestId: string | undefined;
}

/** How one call is made. */
export interface CallOptions {
	/** How long to wait for the answer, in milliseconds. Never longer than what is left to the call being answered, less a margin. */
	readonly deadlineMs?: number;
	/** Gives up the call when aborted: it rejects with the signal's reason. */
	readonly signal?: AbortSignal;
}

/** How long a client waits when it was not told otherwise, in milliseconds. */
export const defaultDeadlineMs = 10_000;

/** What a handler keeps for itself of the remaining time when it calls on: a share of it, and at most so many milliseconds. */
const margin = { share: 0.05, maxMs: 100 };

/** The call being answered, if the code runs for one. Calls made meanwhile inherit its deadline, cancellation and trace. */
export function currentCall(): CallContext | undefined {
	return callStorage.getStore();
}

/**
 * Runs work that belongs to no single call: a batch gathered from many, a background loop. Without it, the work would be cut short by the
 * deadline or the cancellation of whichever call happened to start it.
 */
export function detached<T>(run: () => T): T {
	return callStorage.run(undefined, run);
}

/**
 * When a call made now must end: after its own time, or a margin before the call being answered does, whichever comes first.
 * @param deadlineMs the time wanted, in milliseconds
 * @param parent the call being answered
 * @param now milliseconds since 1970, real time
 */
export function deadlineOf(deadlineMs: number, parent: { readonly deadline: number } | undefined, now: number): number {
	const own = now + deadlineMs;
	if (parent === undefined) return own;
	const left = parent.deadline - now;
	return Math.min(own, parent.deadline - Math.min(margin.maxMs, Math.max(0, left * margin.share)));
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallContext } from './context.ts';

/**
 * The context of one call being answered. Its signal, and the controller behind it, are made only when a handler asks for them: most never
 * do, and calls in process are made by the thousand.
 */
export class Call implements CallContext {
	readonly caller: string;
	readonly deadline: number;
	readonly traceparent: string | undefined;
	readonly requestId: string | undefined;
	#controller: AbortController | undefined;
	#listeners: Set<(reason: unknown) => void> | undefined;
	#reason: unknown;
	#aborted = false;

	constructor(caller: string, deadline: number, traceparent: string | undefined, requestId?: string) {
		this.caller = caller;
		this.deadline = deadline;
		this.traceparent = traceparent;
		this.requestId = requestId;
	}

	get signal(): AbortSignal {
		if (this.#controller === undefined) {
			this.#controller = new AbortController();
			if (this.#aborted) this.#controller.abort(this.#reason);
		}
		return this.#controller.signal;
	}

	/** Tells the handler, and the calls that it made, that nobody waits any more. */
	abort(reason: unknown): void {
		if (this.#aborted) return;
		this.#aborted = true;
		this.#reason = reason;
		this.#controller?.abort(reason);
		for (const listener of this.#listeners ?? []) listener(reason);
	}

	/** Has `listener` told of the abort; at once if it already happened. Answers how to end that. */
	onAbort(listener: (reason: unknown) => void): () => void {
		if (this.#aborted) listener(this.#reason);
		this.#listeners ??= new Set();
		this.#listeners.add(listener);
		return () => this.#listeners?.delete(listener);
	}
}

/** The call that the running code works for. */
export const callStorage = new AsyncLocalStorage<Call | undefined>();

import { BackgroundTurns, type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import { detached } from '../rpc/context.ts';

/** What a job is made of. */
export interface JobOptions {
	readonly name: string;
	/** Longest time between two looks for work, real time in milliseconds. */
	readonly everyMs: number;
	/** Subscribes the job to whatever brings work (an outbox that was written to, a clock that was moved); answers how to end that. */
	readonly wake?: (wake: () => void) => () => void;
	/**
	 * One round of work. `again` asks for another at once, `idle` waits for a wake-up or the interval.
	 * @param signal aborted when the job is being stopped: finish what is begun, begin nothing more
	 */
	readonly run: (signal: AbortSignal) => Promise<'again' | 'idle'>;
	/** Told of each failed round. */
	readonly onError: (error: unknown) => void;
	/** Waits after failed rounds; default 100 ms doubling up to 30 s, or up to `everyMs` if that is shorter. */
	readonly backoff?: BackoffPolicy;
}

/** A background loop under way. */
export interface Job {
	readonly name: string;
	/** Tells that there may be work. Calls during a round lead to one more round; during a back-off they wait for its end. */
	wake(): void;
	/** Resolves when the job has nothing to do: after a round that answered `idle` and that began after this call. */
	settled(): Promise<void>;
	/** Ends the loop after the round under way. */
	stop(): Promise<void>;
}

/** Starts a loop that never overlaps itself: rounds until idle, then a wait; failed rounds are repeated after a back-off. */
export function startJob(options: JobOptions): Job {
	// The loop outlives whatever call happened to start it.
	return detached(() => new Loop(options));
}

class Loop implements Job {
	readonly name: string;
	readonly #options: JobOptions;
	readonly #backoff: BackoffPolicy;
	readonly #stopping = new AbortController();
	readonly #unsubscribe: () => void;
	readonly #ended: Promise<void>;
	readonly #turns = new BackgroundTurns();
	#woken = false;
	#endWait: (() => void) | undefined;
	#waiters: { resolve: () => void; begun: boolean }[] = [];

	constructor(options: JobOptions) {
		this.name = options.name;
		this.#options = options;
		this.#backoff = options.backoff ?? { firstMs: 100, factor: 2, maxMs: Math.min(30_000, Math.max(100, options.everyMs)), jitter: 0.2 };
		this.#unsubscribe = options.wake?.(() => this.wake()) ?? (() => {});
		this.#ended = this.#loop();
	}

	wake(): void {
		this.#woken = true;
		this.#endWait?.();
	}

	settled(): Promise<void> {
		if (this.#stopping.signal.aborted) return this.#ended;
		return new Promise((resolve) => {
			this.#waiters.push({ resolve, begun: false });
			this.wake();
		});
	}

	async stop(): Promise<void> {
		if (!this.#stopping.signal.aborted) {
			this.#unsubscribe();
			this.#stopping.abort();
			this.#endWait?.();
		}
		await this.#ended;
	}

	async #loop(): Promise<void> {
		const { signal } = this.#stopping;
		let failures = 0;
		// The first round does not run inside the caller of startJob.
		await nextTurn();
		while (!signal.aborted) {
			const busy = this.#turns.next();
			if (busy) await busy;
			if (signal.aborted) break;
			this.#woken = false;
			for (const waiter of this.#waiters) waiter.begun = true;
			try {
				const next = await this.#options.run(signal);
				failures = 0;
				if (next === 'again') await nextTurn();
				else {
					this.#settle();
					if (!this.#woken) await this.#wait(this.#options.everyMs, true);
				}
			} catch (error) {
				failures++;
				this.#options.onError(error);
				await this.#wait(backoffMs(this.#backoff, failures), false);
			}
		}
		for (const waiter of this.#waiters.splice(0)) waiter.resolve();
	}

	#settle(): void {
		const waiters = this.#waiters;
		this.#waiters = waiters.filter((waiter) => !waiter.begun);
		for (const waiter of waiters) if (waiter.begun) waiter.resolve();
	}

	/** Waits `ms`, or until the job is stopped or (where `wakeable`) woken. */
	async #wait(ms: number, wakeable: boolean): Promise<void> {
		const { signal } = this.#stopping;
		if (signal.aborted) return;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.#endWait = () => {
				if (!wakeable && !signal.aborted) return;
				clearTimeout(timer);
				resolve();
			};
		});
		this.#endWait = undefined;
	}
}

/** Lets the process do other work between two rounds. */
function nextTurn(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

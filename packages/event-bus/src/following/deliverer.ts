import { BackgroundTurns, backoffMs, type Clock } from '@fefaent/kernel';
import { scrub } from '@fefaent/service-kit';
import { busError } from '../errors.ts';
import type { Delivery, FollowOptions, Outcome } from '../port.ts';
import { defaultRetry } from '../retry.ts';
import type { Death, Entry, Source } from './entry.ts';
import { isPassing, reasonOf } from './failure.ts';
import { Lanes } from './lanes.ts';

/** What a deliverer works with. */
export interface DelivererDeps<E> {
	readonly clock: Clock;
	readonly onError: (error: unknown, where: string) => void;
	/** Records deaths; resolved when durable. Repeated until it succeeds. */
	readonly bury: (deaths: readonly Dying<E>[]) => Promise<void>;
	/** Told when entries may have been settled: there may be something to commit. */
	readonly onSettled: () => void;
}

/** An entry that is given up, and what is to be recorded of it. */
export interface Dying<E> {
	readonly entry: E;
	readonly death: Death;
}

/** Between attempts of the follower's own reads and writes, when the engine fails it. */
const ownRetry = { firstMs: 200, factor: 2, maxMs: 10_000, jitter: 0.2 };

/** What became of a message; `passes` is a retry that does not count towards giving up. */
type Verdict = Outcome | { readonly kind: 'passes'; readonly reason: string };

/** Tries that a dead letter remembers. */
const maxHistory = 20;

/** Longest reason kept, in characters. */
const maxReason = 500;

/**
 * The part of following that is the same on every engine: reads ahead within a bound, hands out batches of distinct keys, retries in place, finds
 * the poison of a batch that was rejected, and has buried what is hopeless.
 */
export class Deliverer<E extends Entry & { readonly source: Source<E> }> {
	readonly #deps: DelivererDeps<E>;
	readonly #options: Required<FollowOptions>;
	readonly #lanes = new Lanes<E>();
	/** Those that were read longest ago first. */
	readonly #sources = new Set<Source<E>>();
	readonly #turns = new BackgroundTurns();
	readonly #timers = new Set<NodeJS.Timeout>();
	#inFlight = 0;
	#stopping = false;
	#pumpQueued = false;
	#landed: (() => void)[] = [];

	constructor(deps: DelivererDeps<E>, options: FollowOptions) {
		this.#deps = deps;
		const maxBatch = options.maxBatch ?? 100;
		const maxInFlight = options.maxInFlight ?? 2;
		const lookAhead = Math.max(options.lookAhead ?? 2000, 2 * maxBatch * maxInFlight);
		this.#options = { ...options, maxBatch, maxInFlight, lookAhead, retry: options.retry ?? defaultRetry };
	}

	/** The options with their defaults. */
	get options(): Required<FollowOptions> {
		return this.#options;
	}

	/** Messages read ahead and not settled. */
	get size(): number {
		return this.#lanes.size;
	}

	/** Reads from a source from now on. */
	add(source: Source<E>): void {
		this.#sources.add(source);
		this.wake();
	}

	/** Reads from a source no more and forgets what came from it; the batches under way end, but their outcomes no longer count for it. */
	remove(source: Source<E>): void {
		this.#sources.delete(source);
		this.#lanes.drop((entry) => entry.source === source);
		this.wake();
	}

	/** Tells that a source may have more. */
	wake(): void {
		if (this.#pumpQueued || this.#stopping) return;
		this.#pumpQueued = true;
		// A turn later, so that what was published together is delivered together.
		setImmediate(async () => {
			const busy = this.#turns.next();
			if (busy) await busy;
			this.#pumpQueued = false;
			try {
				this.#pump();
			} catch (error) {
				// The log could not be read: what was taken stays in its lanes, and reading goes on later.
				this.#deps.onError(error, `${this.#options.group} read`);
				this.#later(ownRetry.firstMs, () => this.wake());
			}
		});
	}

	/** Hands out no more. Resolved when the batches under way have landed. */
	async stop(): Promise<void> {
		this.#stopping = true;
		for (const timer of this.#timers) clearTimeout(timer);
		if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#landed.push(resolve));
	}

	/** Repeats a step of the follower's own until it succeeds. @returns false when it was told to stop before */
	async persist(what: string, step: () => Promise<void>): Promise<boolean> {
		for (let attempt = 1; ; attempt++) {
			try {
				await step();
				return true;
			} catch (error) {
				this.#deps.onError(error, `${this.#options.group} ${what}`);
				if (this.#stopping) return false;
				await new Promise((resolve) => setTimeout(resolve, backoffMs(ownRetry, attempt)));
			}
		}
	}

	#pump(): void {
		const { maxBatch, maxInFlight, lookAhead } = this.#options;
		if (this.#stopping) return;
		while (this.#inFlight < maxInFlight) {
			const wanted = (maxInFlight - this.#inFlight) * maxBatch;
			for (const source of [...this.#sources]) {
				if (this.#lanes.ready >= wanted) break;
				while (source.hasMore && this.#lanes.ready < wanted && this.#lanes.size < lookAhead) {
					for (const entry of source.read(Math.min(maxBatch, lookAhead - this.#lanes.size))) this.#lanes.add(entry);
					// To the end, so that one that always has more does not keep the others from being read.
					this.#sources.delete(source);
					this.#sources.add(source);
				}
			}
			const batch = this.#lanes.take(maxBatch);
			if (batch.length === 0) break;
			this.#inFlight++;
			void this.#deliver(batch);
		}
		this.#deps.onSettled();
	}

	async #deliver(batch: readonly E[]): Promise<void> {
		const outcomes = await this.#handle(batch);
		const dying: Dying<E>[] = [];
		batch.forEach((entry, index) => {
			const outcome = outcomes[index] ?? { kind: 'done' };
			if (outcome.kind === 'done' || entry.dropped) this.#settle(entry, false);
			else this.#failed(entry, outcome, dying);
		});
		if (dying.length > 0) {
			const buried = await this.persist('bury', () => this.#deps.bury(dying));
			if (buried) for (const { entry } of dying) this.#settle(entry, true);
		}
		this.#inFlight--;
		this.#deps.onSettled();
		this.wake();
		if (this.#inFlight === 0) for (const landed of this.#landed.splice(0)) landed();
	}

	async #handle(batch: readonly E[]): Promise<readonly Verdict[]> {
		const { group, handle } = this.#options;
		try {
			const outcomes = await handle(batch.map(({ message, attempt }): Delivery => ({ ...message, attempt })));
			if (outcomes.length === batch.length) return outcomes;
			throw busError('BUS_OUTCOMES_MISMATCH', { group, got: String(outcomes.length), expected: String(batch.length) });
		} catch (error) {
			this.#deps.onError(error, `${group} handle`);
			for (const entry of batch) entry.alone = true;
			const verdict = { kind: isPassing(error) ? 'passes' : 'retry', reason: reasonOf(error) } as const;
			return batch.map(() => verdict);
		}
	}

	#failed(entry: E, outcome: Exclude<Verdict, { kind: 'done' }>, dying: Dying<E>[]): void {
		const { retry } = this.#options;
		const reason = scrub(outcome.reason).slice(0, maxReason);
		const at = this.#deps.clock.now();
		entry.history = [...entry.history, { attempt: entry.attempt, at, reason }].slice(-maxHistory);
		if (outcome.kind !== 'passes') entry.strikes++;
		if (outcome.kind === 'dead' || entry.strikes >= retry.maxAttempts) {
			const { message, attemptsBefore, attempt, history } = entry;
			dying.push({ entry, death: { message, reason, attempts: attemptsBefore + attempt, diedAt: at, history } });
			return;
		}
		const waitMs = backoffMs(retry, entry.attempt);
		entry.attempt++;
		this.#lanes.postpone(entry);
		this.#later(waitMs, () => {
			this.#lanes.resume(entry);
			this.wake();
		});
	}

	#settle(entry: E, buried: boolean): void {
		if (!entry.dropped) entry.source.settle(entry, buried);
		this.#lanes.settle(entry);
	}

	#later(ms: number, what: () => void): void {
		if (this.#stopping) return;
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			what();
		}, ms);
		this.#timers.add(timer);
	}
}

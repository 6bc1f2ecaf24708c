import { BackgroundTurns, backoffMs, type Clock } from '@fefaent/kernel';
import { busError } from '../errors.ts';
import type { Delivery, Following, FollowOptions, Outcome, RetryPolicy } from '../port.ts';
import type { DeadLetters, Death } from './dead-letters.ts';
import { Lanes } from './lanes.ts';
import type { Log } from './log.ts';
import { OffsetCommitter } from './offset-committer.ts';
import { type Entry, TopicReader } from './topic-reader.ts';

/** What a follower works with. */
export interface FollowerDeps {
	readonly log: Log;
	readonly letters: DeadLetters;
	readonly clock: Clock;
	readonly onError: (error: unknown, where: string) => void;
}

const defaultRetry: RetryPolicy = { firstMs: 100, factor: 2, maxMs: 30_000, jitter: 0.2, maxAttempts: 12 };

/** Between attempts of the follower's own writes, when the disk fails it. */
const ownRetry = { firstMs: 200, factor: 2, maxMs: 10_000, jitter: 0.2 };

/** Tries that a dead letter remembers. */
const maxHistory = 20;

/** Longest reason kept, in characters. */
const maxReason = 500;

/**
 * Delivers a group's topics to its handler: reads ahead within a bound, hands out batches of distinct keys, retries in place, buries what is
 * hopeless, and has the offsets committed behind it.
 */
export class Follower implements Following {
	readonly #deps: FollowerDeps;
	readonly #options: Required<FollowOptions>;
	readonly #lanes = new Lanes<Entry>();
	readonly #readers = new Map<string, TopicReader>();
	readonly #committer: OffsetCommitter;
	readonly #turns = new BackgroundTurns();
	readonly #timers = new Set<NodeJS.Timeout>();
	#inFlight = 0;
	#stopping = false;
	#pumpQueued = false;
	#landed: (() => void)[] = [];
	readonly #joined: Promise<void>;
	#stopped: Promise<void> | undefined;

	constructor(deps: FollowerDeps, options: FollowOptions) {
		this.#deps = deps;
		const maxBatch = options.maxBatch ?? 100;
		const maxInFlight = options.maxInFlight ?? 2;
		const lookAhead = Math.max(options.lookAhead ?? 2000, 2 * maxBatch * maxInFlight);
		this.#options = { ...options, maxBatch, maxInFlight, lookAhead, retry: options.retry ?? defaultRetry };
		this.#committer = new OffsetCommitter(deps, options.group, this.#readers);
		this.#joined = this.#join();
	}

	/** Tells that a topic's log has grown. */
	logged(topic: string): void {
		this.#readers.get(topic)?.logged();
		this.#queuePump();
	}

	/** Tells that dead letters were put back. */
	redriven(): void {
		for (const reader of this.#readers.values()) reader.redriven();
		this.#queuePump();
	}

	/** Where it stands on a topic, ahead of what is committed; undefined before it has joined. */
	standing(topic: string): TopicReader | undefined {
		return this.#readers.get(topic);
	}

	stop(): Promise<void> {
		this.#stopped ??= this.#stop();
		return this.#stopped;
	}

	async #stop(): Promise<void> {
		this.#stopping = true;
		await this.#joined;
		for (const timer of this.#timers) clearTimeout(timer);
		if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#landed.push(resolve));
		await this.#committer.close();
	}

	async #join(): Promise<void> {
		const { group, topics } = this.#options;
		await this.#persist('join', async () => {
			const passed = await this.#deps.log.join(group, topics);
			for (const [topic, offset] of passed) this.#readers.set(topic, new TopicReader(this.#deps, group, topic, offset));
		});
		this.#queuePump();
	}

	#queuePump(): void {
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
				this.#later(ownRetry.firstMs, () => this.#queuePump());
			}
		});
	}

	#pump(): void {
		const { maxBatch, maxInFlight, lookAhead } = this.#options;
		if (this.#stopping) return;
		while (this.#inFlight < maxInFlight) {
			const wanted = (maxInFlight - this.#inFlight) * maxBatch;
			for (const reader of this.#readers.values()) {
				while (reader.hasMore && this.#lanes.ready < wanted && this.#lanes.size < lookAhead) {
					for (const entry of reader.read(Math.min(maxBatch, lookAhead - this.#lanes.size))) this.#lanes.add(entry);
				}
			}
			const batch = this.#lanes.take(maxBatch);
			if (batch.length === 0) break;
			this.#inFlight++;
			void this.#deliver(batch);
		}
		this.#committer.noticed();
	}

	async #deliver(batch: readonly Entry[]): Promise<void> {
		const outcomes = await this.#handle(batch);
		const dying: { entry: Entry; death: Death }[] = [];
		batch.forEach((entry, index) => {
			const outcome = outcomes[index] ?? { kind: 'done' };
			if (outcome.kind === 'done') this.#settle(entry, false);
			else this.#failed(entry, outcome, dying);
		});
		if (dying.length > 0) {
			const deaths = dying.map(({ death }) => death);
			const buried = await this.#persist('bury', () => this.#deps.letters.bury(this.#options.group, deaths));
			if (buried) for (const { entry } of dying) this.#settle(entry, true);
		}
		this.#inFlight--;
		this.#committer.noticed();
		this.#queuePump();
		if (this.#inFlight === 0) for (const landed of this.#landed.splice(0)) landed();
	}

	async #handle(batch: readonly Entry[]): Promise<readonly Outcome[]> {
		const { group, handle } = this.#options;
		try {
			const outcomes = await handle(batch.map(({ message, attempt }): Delivery => ({ ...message, attempt })));
			if (outcomes.length === batch.length) return outcomes;
			throw busError('BUS_OUTCOMES_MISMATCH', { group, got: String(outcomes.length), expected: String(batch.length) });
		} catch (error) {
			this.#deps.onError(error, `${group} handle`);
			for (const entry of batch) entry.alone = true;
			const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
			return batch.map(() => ({ kind: 'retry', reason }));
		}
	}

	#failed(entry: Entry, outcome: Exclude<Outcome, { kind: 'done' }>, dying: { entry: Entry; death: Death }[]): void {
		const { retry } = this.#options;
		const reason = outcome.reason.slice(0, maxReason);
		const at = this.#deps.clock.now();
		entry.history = [...entry.history, { attempt: entry.attempt, at, reason }].slice(-maxHistory);
		if (outcome.kind === 'dead' || entry.attempt >= retry.maxAttempts) {
			const { message, attemptsBefore, attempt, history } = entry;
			dying.push({ entry, death: { message, reason, attempts: attemptsBefore + attempt, diedAt: at, history } });
			return;
		}
		const waitMs = backoffMs(retry, entry.attempt);
		entry.attempt++;
		this.#lanes.postpone(entry);
		this.#later(waitMs, () => {
			this.#lanes.resume(entry);
			this.#queuePump();
		});
	}

	#settle(entry: Entry, buried: boolean): void {
		entry.reader.settle(entry, buried);
		this.#lanes.settle(entry);
	}

	/** Repeats a write of its own until it succeeds. @returns false when it was told to stop before */
	async #persist(what: string, write: () => Promise<void>): Promise<boolean> {
		for (let attempt = 1; ; attempt++) {
			try {
				await write();
				return true;
			} catch (error) {
				this.#deps.onError(error, `${this.#options.group} ${what}`);
				if (this.#stopping) return false;
				await new Promise((resolve) => setTimeout(resolve, backoffMs(ownRetry, attempt)));
			}
		}
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

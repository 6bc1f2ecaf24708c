import type { DomainError } from '@fefaent/kernel';
import { evidenceError } from '../errors.ts';
import type { Sealed, Unsealed } from './protocol.ts';

/** How a document went. */
export type SealingOutcome = Sealed | DomainError;

/** With more for one batch it is not a document that threads end of: one document in a thousand is found with 14. */
const maxDeathsOfBatch = 16;

/** A batch on its way through the threads: sealed in one piece, unless threads end of it. */
export class SealingBatch {
	/** The instant of sealing, in milliseconds since 1970. */
	readonly at: number;
	/** How each document went, in order. */
	readonly done: Promise<SealingOutcome[]>;
	/** Threads that ended with a part of it. */
	deaths = 0;
	readonly #outcomes: (SealingOutcome | undefined)[];
	readonly #resolve: (outcomes: SealingOutcome[]) => void;
	#missing: number;
	#begun: (() => void) | undefined;

	/** @param begun called once, when the first thread gets a part of it */
	constructor(documents: readonly Unsealed[], at: Date, begun?: () => void) {
		this.#begun = begun;
		const { promise, resolve } = Promise.withResolvers<SealingOutcome[]>();
		this.at = at.getTime();
		this.done = promise;
		this.#resolve = resolve;
		this.#outcomes = documents.map(() => undefined);
		this.#missing = documents.length;
		if (documents.length === 0) resolve([]);
	}

	/** Whether threads ended with it so often that the rest of it is not tried any more. */
	get lost(): boolean {
		return this.deaths > maxDeathsOfBatch;
	}

	/** A thread gets a part of it. */
	begin(): void {
		this.#begun?.();
		this.#begun = undefined;
	}

	/** Takes how documents went, from one on. */
	settle(from: number, outcomes: readonly SealingOutcome[]): void {
		outcomes.forEach((one, index) => {
			this.#outcomes[from + index] = one;
		});
		this.#missing -= outcomes.length;
		if (this.#missing === 0) this.#resolve(this.#outcomes.filter((one) => one !== undefined));
	}
}

/** Consecutive documents of a batch, which a thread is given together. */
export class Piece {
	readonly batch: SealingBatch;
	readonly documents: readonly Unsealed[];
	readonly #from: number;
	/** Whether it is done once more as it is when a thread ends with it: that may have been anything. */
	readonly #again: boolean;

	constructor(batch: SealingBatch, documents: readonly Unsealed[], from = 0, again = true) {
		this.batch = batch;
		this.documents = documents;
		this.#from = from;
		this.#again = again;
	}

	/** Whether a thread may have ended of it: it gets one for itself, so that the next end tells. */
	get suspect(): boolean {
		return this.batch.deaths > 0;
	}

	/** Ends it, with how each of its documents went. */
	settle(outcomes: readonly SealingOutcome[]): void {
		this.batch.settle(this.#from, outcomes);
	}

	/** Ends it with the same failure for all of its documents. */
	fail(error: DomainError): void {
		this.settle(this.documents.map(() => error));
	}

	/** Gives it up because threads end with it. */
	giveUp(): void {
		this.fail(evidenceError(this.batch.lost ? 'SEALING_INTERRUPTED' : 'SEALING_FAILED'));
	}

	/**
	 * What is to be done after the end of the thread that had it: the same once more, then its halves, so that the document that threads end of comes
	 * to stand alone. Nothing when it does already.
	 */
	afterDeath(): readonly Piece[] {
		const count = this.documents.length;
		this.batch.deaths++;
		if (this.#again) return [this.#part(0, count, false)];
		const half = Math.ceil(count / 2);
		return count === 1 ? [] : [this.#part(0, half), this.#part(half, count)];
	}

	/** One document alone is worth another try: nothing is left to halve. */
	#part(from: number, to: number, again = to - from === 1): Piece {
		return new Piece(this.batch, this.documents.slice(from, to), this.#from + from, again);
	}
}

import { AsyncLocalStorage } from 'node:async_hooks';

/** Options of a {@link Batcher}. */
export interface BatcherOptions {
	/** Most items that one run takes. Default 256. */
	readonly maxItems?: number;
	/** Most runs under way at once. Default 1. */
	readonly maxRuns?: number;
	/** Most items that may wait; more are refused by a rejection. Default 100,000. */
	readonly maxWaiting?: number;
}

interface Waiting<I, O> {
	readonly item: I;
	readonly resolve: (value: O) => void;
	readonly reject: (reason: unknown) => void;
}

/**
 * Gathers items that arrive together and runs them as one: while a run is under way the next batch grows, so batches are as
 * large as the load makes them and a lone item waits for nobody.
 */
export class Batcher<I, O> {
	readonly #run: (items: readonly I[]) => Promise<readonly O[]>;
	readonly #options: Required<BatcherOptions>;
	#waiting: Waiting<I, O>[] = [];
	#runs = 0;
	#scheduled = false;

	/** @param run answers one result for each item, in order; a rejection rejects every item of that batch */
	constructor(run: (items: readonly I[]) => Promise<readonly O[]>, options: BatcherOptions = {}) {
		// In the context of whoever made the batcher: a run serves many callers and must not end with the first one's deadline or trace.
		this.#run = AsyncLocalStorage.bind(run);
		this.#options = { maxItems: options.maxItems ?? 256, maxRuns: options.maxRuns ?? 1, maxWaiting: options.maxWaiting ?? 100_000 };
	}

	/** Items that wait for a run. */
	get waiting(): number {
		return this.#waiting.length;
	}

	/** Adds one item. @returns what the run answered for it @throws RangeError when too many wait */
	add(item: I): Promise<O> {
		if (this.#waiting.length >= this.#options.maxWaiting) return Promise.reject(new RangeError('too many items wait'));
		return new Promise<O>((resolve, reject) => {
			this.#waiting.push({ item, resolve, reject });
			if (!this.#scheduled) {
				this.#scheduled = true;
				setImmediate(() => {
					this.#scheduled = false;
					this.#start();
				});
			}
		});
	}

	#start(): void {
		while (this.#waiting.length > 0 && this.#runs < this.#options.maxRuns) {
			const batch = this.#waiting.splice(0, this.#options.maxItems);
			this.#runs++;
			this.#settle(batch).finally(() => {
				this.#runs--;
				this.#start();
			});
		}
	}

	async #settle(batch: readonly Waiting<I, O>[]): Promise<void> {
		try {
			const results = await this.#run(batch.map((one) => one.item));
			if (results.length !== batch.length) throw new Error(`a batch of ${batch.length} was answered with ${results.length} results`);
			batch.forEach((one, index) => {
				one.resolve(results[index] as O);
			});
		} catch (error) {
			for (const one of batch) one.reject(error);
		}
	}
}

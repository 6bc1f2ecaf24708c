/** What may be under way at once. */
export interface BudgetLimits {
	readonly maxRequests: number;
	/** Bytes of request bodies, and of answers until they are taken. */
	readonly maxBytes: number;
}

/** One request's part of the budget; given back once, whatever happens. */
export interface Share {
	/** Takes more bytes. @returns false when there are not so many left */
	take(bytes: number): boolean;
	/**
	 * Holds the answer instead of what was taken so far. Never refused, since the work is done: where it goes beyond the bound, nothing new is let in
	 * until there is room again.
	 */
	answer(bytes: number): void;
	release(): void;
}

/** Counts requests under way and the bytes they hold, so that load turns into 503 and not into memory. */
export class Budget {
	readonly #limits: BudgetLimits;
	#requests = 0;
	#bytes = 0;

	constructor(limits: BudgetLimits) {
		this.#limits = limits;
	}

	/** Requests under way. */
	get requests(): number {
		return this.#requests;
	}

	/** Bytes held. */
	get bytes(): number {
		return this.#bytes;
	}

	/** Lets one request in. @returns undefined when too many are under way, or hold all there is */
	enter(): Share | undefined {
		if (this.#requests >= this.#limits.maxRequests || this.#bytes >= this.#limits.maxBytes) return undefined;
		this.#requests++;
		let held = 0;
		let over = false;
		return {
			take: (bytes) => {
				if (over || this.#bytes + bytes > this.#limits.maxBytes) return false;
				held += bytes;
				this.#bytes += bytes;
				return true;
			},
			answer: (bytes) => {
				if (over) return;
				this.#bytes += bytes - held;
				held = bytes;
			},
			release: () => {
				if (over) return;
				over = true;
				this.#requests--;
				this.#bytes -= held;
			},
		};
	}
}

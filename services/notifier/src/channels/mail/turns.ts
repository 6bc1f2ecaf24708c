/** Lets so many pieces of work run at once, in the order in which they came. One whose deadline ends before its turn is never begun. */
export class Turns {
	readonly #most: number;
	readonly #waiting: (() => void)[] = [];
	#running = 0;

	constructor(most: number) {
		this.#most = most;
	}

	/** @returns what the work answers; undefined when it was not begun */
	async run<T extends object>(deadline: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
		if (!(await this.#turn(deadline))) return undefined;
		try {
			return deadline.aborted ? undefined : await work();
		} finally {
			this.#running--;
			this.#waiting.shift()?.();
		}
	}

	/** @returns whether the turn came */
	async #turn(deadline: AbortSignal): Promise<boolean> {
		if (deadline.aborted) return false;
		if (this.#running < this.#most) {
			this.#running++;
			return true;
		}
		const { promise, resolve } = Promise.withResolvers<boolean>();
		const begin = (): void => {
			// Taken here and not by who waits: nobody comes in between.
			this.#running++;
			deadline.removeEventListener('abort', leave);
			resolve(true);
		};
		const leave = (): void => {
			this.#waiting.splice(this.#waiting.indexOf(begin), 1);
			resolve(false);
		};
		this.#waiting.push(begin);
		deadline.addEventListener('abort', leave, { once: true });
		return promise;
	}
}

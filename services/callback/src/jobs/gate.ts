/** Lets a number of holders in at once; who waits is let in by turns. */
export class Gate {
	#free: number;
	readonly #waiting: (() => void)[] = [];

	/** @param places how many at once */
	constructor(places: number) {
		this.#free = places;
	}

	/** Waits for a place. @returns how to leave it; more than once does no harm */
	async enter(): Promise<() => void> {
		if (this.#free > 0) this.#free--;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		let left = false;
		return () => {
			if (left) return;
			left = true;
			const next = this.#waiting.shift();
			// The place goes to the next one as it is, so that nobody can slip in between.
			if (next === undefined) this.#free++;
			else next();
		};
	}
}

/**
 * Follows how far a group got on a topic while messages end out of order: a message is passed when it and every one before it is done.
 * What is done above a message that is not stays in memory only; after a crash it is delivered again.
 */
export class Watermark {
	#passed: number;
	/** Offsets opened and not yet passed, ascending; those before `#head` are passed. */
	#open: number[] = [];
	#head = 0;
	readonly #done = new Set<number>();

	/** @param passed the last offset that is passed already */
	constructor(passed: number) {
		this.#passed = passed;
	}

	/** The last offset of which it is known that it and all before it are done. */
	get passed(): number {
		return this.#passed;
	}

	/** Offsets that are done, but not passed. */
	get doneAhead(): number {
		return this.#done.size;
	}

	/**
	 * What is done ahead, as ranges `[first, last]`, ascending. Offsets between two that were opened one after the other count as done with them.
	 * @param most ranges answered
	 */
	rangesAhead(most: number): (readonly [number, number])[] {
		const ranges: (readonly [number, number])[] = [];
		if (this.#done.size === 0) return ranges;
		let first: number | undefined;
		let last = 0;
		for (let index = this.#head; index < this.#open.length && ranges.length < most; index++) {
			const offset = this.#open[index] as number;
			if (this.#done.has(offset)) {
				first ??= offset;
				last = offset;
			} else if (first !== undefined) {
				ranges.push([first, last]);
				first = undefined;
			}
		}
		if (first !== undefined && ranges.length < most) ranges.push([first, last]);
		return ranges;
	}

	/** Takes note of an offset read from the log; offsets come ascending. */
	open(offset: number): void {
		this.#open.push(offset);
	}

	/** Takes note that a message is done (or dead). */
	done(offset: number): void {
		this.#done.add(offset);
		for (let next = this.#open[this.#head]; next !== undefined && this.#done.delete(next); next = this.#open[this.#head]) {
			this.#passed = next;
			this.#head++;
		}
		// Cut off what is passed once it is most of the array: constant work per message.
		if (this.#head > 1024 && this.#head * 2 > this.#open.length) {
			this.#open = this.#open.slice(this.#head);
			this.#head = 0;
		}
	}
}

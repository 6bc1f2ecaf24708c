/** A source of numbers that a seed fixes, so that a test that failed can be run again just so. Not for secrets. */
export interface SeededRandom {
	/** A number from 0 up to but not including 1; usable alone, as `Math.random` is. */
	readonly next: () => number;
	/** A whole number from `least` to `most`, both included. */
	int(least: number, most: number): number;
	/** One of a list. @throws RangeError when it is empty */
	pick<T>(list: readonly T[]): T;
	/** A shuffled copy. */
	shuffle<T>(list: readonly T[]): T[];
	/** So many random bytes. */
	bytes(length: number): Uint8Array;
}

/** Makes a {@link SeededRandom} (the mulberry32 generator). @param seed any whole number; its low 32 bits count */
export function seededRandom(seed: number): SeededRandom {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
	return {
		next,
		int,
		pick: (list) => {
			if (list.length === 0) throw new RangeError('nothing to pick from');
			return list[int(0, list.length - 1)] as (typeof list)[number];
		},
		shuffle: (list) => {
			const copy = [...list];
			for (let index = copy.length - 1; index > 0; index--) {
				const other = int(0, index);
				[copy[index], copy[other]] = [copy[other] as (typeof list)[number], copy[index] as (typeof list)[number]];
			}
			return copy;
		},
		bytes: (length) => Uint8Array.from({ length }, () => int(0, 255)),
	};
}

// Whether the memory of a process climbs, told from samples of it.

/** What is taken for flat. */
export interface GrowthBound {
	/** Megabytes an hour that may be noise, whatever the size of the process. */
	readonly mbPerHour: number;
	/** Besides, the part of its size that it may gain in an hour. */
	readonly partPerHour: number;
}

/** A process of 200 MB may gain 110 MB an hour: 12 MB in the four hundred seconds of a soak that count. */
export const usualBound: GrowthBound = { mbPerHour: 60, partPerHour: 0.25 };

/** How memory fared after the warm-up. */
export interface Growth {
	/** The slope, extrapolated to an hour: least squares over the lowest value of each window. */
	readonly mbPerHour: number;
	/** The median of those values, in megabytes. */
	readonly size: number;
	readonly flat: boolean;
}

/** The least length of a soak that tells something, in seconds, with a sample in each second or so. */
export const leastSeconds = 60;

/** Windows that the time after the warm-up is cut into: longer than garbage is left to grow, enough of them for a line. */
const windows = 10;

/**
 * Fits a line through what a process keeps. Garbage makes its memory a sawtooth, so a window counts by its lowest value; caches and pools fill at first,
 * so the first third does not count.
 * @param samples megabytes, taken at even times
 * @param everySeconds the time between two of them
 * @throws RangeError for fewer than three samples a window: nothing could be said
 */
export function growthOf(samples: readonly number[], everySeconds: number, bound = usualBound): Growth {
	const counted = samples.slice(Math.floor(samples.length / 3));
	if (counted.length < 3 * windows)
		throw new RangeError(`${counted.length} samples say nothing of growth: at least ${3 * windows} are needed`);
	const length = counted.length / windows;
	const lowest = Array.from({ length: windows }, (_, window) =>
		Math.min(...counted.slice(Math.floor(window * length), Math.floor((window + 1) * length))),
	);
	const mbPerHour = (slopeOf(lowest) / (length * everySeconds)) * 3_600;
	const size = median(lowest);
	return { mbPerHour, size, flat: mbPerHour <= bound.mbPerHour + bound.partPerHour * size };
}

/** Of the line through values at 0, 1, 2 and so on: least squares. */
function slopeOf(values: readonly number[]): number {
	const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
	const [centre, level] = [(values.length - 1) / 2, mean(values)];
	const spread = values.reduce((sum, _, place) => sum + (place - centre) ** 2, 0);
	return values.reduce((sum, value, place) => sum + (place - centre) * (value - level), 0) / spread;
}

/** The value in the middle, the higher one of two. */
export function median(values: readonly number[]): number {
	return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

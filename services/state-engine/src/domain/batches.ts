/**
 * Splits a batch so that what it asks twice of one notification happens one after the other: the first part holds the first item of each, the
 * second part the second, and so on.
 * @returns positions in the batch
 */
export function successive(ids: readonly number[]): readonly (readonly number[])[] {
	const parts: number[][] = [];
	const seen = new Map<number, number>();
	ids.forEach((id, index) => {
		const times = seen.get(id) ?? 0;
		seen.set(id, times + 1);
		parts[times] ??= [];
		parts[times].push(index);
	});
	return parts;
}

/** The ids of a batch, each once. */
export function distinct(ids: readonly number[]): number[] {
	return [...new Set(ids)];
}

/** Most items, and most of what they weigh together. */
export interface PortionLimits {
	readonly items: number;
	readonly weight: number;
}

/** Cuts a batch into portions, in order, none above the limits but one that a single item exceeds. */
export function portions<T>(batch: readonly T[], { items, weight }: PortionLimits, weigh: (item: T) => number): readonly (readonly T[])[] {
	const cut: T[][] = [];
	let left = 0;
	for (const item of batch) {
		const current = cut.at(-1);
		const heavy = weigh(item);
		if (current === undefined || current.length >= items || heavy > left) {
			cut.push([item]);
			left = weight - heavy;
		} else {
			current.push(item);
			left -= heavy;
		}
	}
	return cut;
}

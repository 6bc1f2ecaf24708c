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

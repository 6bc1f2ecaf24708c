/** Offsets that are done above the committed one: `[first, last]`, ascending. */
export type Ranges = readonly (readonly [number, number])[];

/** Kafka's `offset.metadata.max.bytes` is 4,096. */
const maxLength = 4000;

/** Most ranges that are worth collecting: none is written in less than three characters. */
export const maxRanges = Math.floor(maxLength / 3);

/**
 * What is done above an offset, as the text that is committed with it, so that a restart repeats only what was not done: gaps and lengths in base
 * 36. What does not fit is left out, and is delivered again.
 */
export function progressText(committed: number, ranges: Ranges): string {
	let text = '';
	let at = committed;
	for (const [first, last] of ranges) {
		const part = `${text ? ',' : 'f1:'}${(first - at).toString(36)}+${(last - first).toString(36)}`;
		if (text.length + part.length > maxLength) break;
		text += part;
		at = last;
	}
	return text;
}

/** Reads {@link progressText}; what others wrote there means nothing. */
export function readProgress(committed: number, text: string | null): Ranges {
	if (!text?.startsWith('f1:')) return [];
	const ranges: (readonly [number, number])[] = [];
	let at = committed;
	for (const part of text.slice(3).split(',')) {
		const [gap = '', length = ''] = part.split('+');
		const first = at + Number.parseInt(gap, 36);
		const last = first + Number.parseInt(length, 36);
		if (!(last >= first)) return [];
		ranges.push([first, last]);
		at = last;
	}
	return ranges;
}

/** How many offsets lie in ranges, those up to `passed` not counted. */
export function countAbove(ranges: Ranges, passed: number): number {
	let count = 0;
	for (const [first, last] of ranges) if (last > passed) count += last - Math.max(first, passed + 1) + 1;
	return count;
}

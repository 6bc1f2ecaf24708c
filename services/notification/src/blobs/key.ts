/** One segment of a key: what every file system and object store takes, and nothing that leaves a folder or hides in it. */
const segment = /^[\w%-][\w.%-]{0,199}$/;

/** @returns the segments of a blob's key @throws RangeError for a key that is no path of plain segments */
export function segmentsOf(key: string): readonly string[] {
	const segments = key.split('/');
	if (!segments.every((one) => segment.test(one))) throw new RangeError('a blob key is a path of plain segments');
	return segments;
}

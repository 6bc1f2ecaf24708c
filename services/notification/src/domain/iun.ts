/** The letters of a notification code (PN: "IUN"): none that is easily taken for another. */
const letters = 'ADEGHJKLMNPQRTUVWXYZ';

/** Neighbours that a code avoids, besides two equal letters. */
const badNeighbours = new Set(['UV', 'VU', 'HN', 'NH', 'LJ']);

/** Every group of four letters that a code may hold. */
const groups = groupsFrom('');

/** Codes of one month: three groups. */
const codes = BigInt(groups.length) ** 3n;

/** Shares no factor with the count of codes, so that no two ids meet; large, so that neighbouring ids look unlike each other. */
export const iunStride = 1_414_213_562_373_097n;

/** Ids from here on would repeat codes. */
export const iunLimit = Number(codes);

/**
 * The unique code of a notification in PN's style: `RRRR-RRRR-RRRR-YYYYMM-C-1` (PN B2B, identifiers). A bijection of the id below
 * {@link iunLimit}, so that it needs no index to be unique: multiplied by a number prime to the count of codes, then written with groups of
 * letters as its digits.
 * @param at the time of receipt; its UTC month goes into the code
 * @throws RangeError for an id that has no code
 */
export function iunOf(id: number, at: Date): string {
	if (!Number.isSafeInteger(id) || id < 1 || id >= iunLimit) throw new RangeError('no code for this id');
	const scattered = Number((BigInt(id) * iunStride) % codes);
	const size = groups.length;
	const high = Math.floor(scattered / size);
	const text = [Math.floor(high / size), high % size, scattered % size].map((index) => groups[index] ?? '');
	const month = `${at.getUTCFullYear()}`.padStart(4, '0') + `${at.getUTCMonth() + 1}`.padStart(2, '0');
	return `${text.join('-')}-${month}-${iunControl(text.join(''), month)}-1`;
}

/** The control letter: the places of the letters among the twenty (the first is 1) and the digits of the month, summed, modulo 20. */
export function iunControl(text: string, month: string): string {
	let sum = 0;
	for (const letter of text) sum += letters.indexOf(letter) + 1;
	for (const digit of month) sum += Number(digit);
	return letters.charAt(sum % letters.length);
}

function groupsFrom(start: string): string[] {
	if (start.length === 4) return [start];
	return [...letters]
		.filter((letter) => !start.endsWith(letter) && !badNeighbours.has(start.slice(-1) + letter))
		.flatMap((letter) => groupsFrom(start + letter));
}

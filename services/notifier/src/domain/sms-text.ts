/** The GSM 7-bit default alphabet (3GPP TS 23.038, section 6.2.1) in the order of its codes, with the escape at 0x1b. */
const alphabet = [
	...'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
];
const escapeCode = 0x1b;
const basic = new Map(alphabet.map((sign, code) => [sign, code] as const).filter(([, code]) => code !== escapeCode));
/** Its extension table (section 6.2.1.1): two septets each, the escape first. */
const extended = new Map([
	['\f', 0x0a],
	['^', 0x14],
	['{', 0x28],
	['}', 0x29],
	['\\', 0x2f],
	['[', 0x3c],
	['~', 0x3d],
	[']', 0x3e],
	['|', 0x40],
	['€', 0x65],
]);

/** Signs without an accent to take off, and what stands for them. */
const standIns: Readonly<Record<string, string>> = {
	'’': "'",
	'‘': "'",
	'´': "'",
	'`': "'",
	'“': '"',
	'”': '"',
	'«': '"',
	'»': '"',
	'·': '.',
	'…': '...',
	'–': '-',
	'—': '-',
	'\u00a0': ' ',
	'\u202f': ' ',
	'\t': ' ',
	º: 'o',
	ª: 'a',
};

/** Whether a text can be written in the GSM alphabet. */
export function isGsm(text: string): boolean {
	return [...text].every((one) => basic.has(one) || extended.has(one));
}

/**
 * Writes a text in the GSM alphabet where that takes no more than leaving accents off: `notificació` becomes `notificacio`, `è` stays as the
 * alphabet has it. A text in another script stays as it is, whole.
 */
export function foldToGsm(text: string): string {
	const folded = [...text.normalize('NFC')].map(folding).join('');
	return isGsm(folded) ? folded : text;
}

function folding(sign: string): string {
	if (basic.has(sign) || extended.has(sign)) return sign;
	// The alphabet has the capital only; a small c reads better inside a word.
	if (sign === 'ç') return 'c';
	return standIns[sign] ?? sign.normalize('NFD').replace(/\p{M}/gu, '');
}

/** The parts that a text travels in: one, or several joined by the handset. */
export interface SmsParts {
	readonly alphabet: 'GSM' | 'UCS2';
	readonly parts: readonly string[];
}

/** Septets, or 16-bit units, of one message and of one part that has a concatenation header of 6 octets (3GPP TS 23.040, section 9.2.3.24.1). */
const room = { GSM: { whole: 160, part: 153 }, UCS2: { whole: 70, part: 67 } } as const;

/** Cuts a text into parts; no part ends within an escaped sign or a surrogate pair. */
export function smsParts(text: string): SmsParts {
	const kind = isGsm(text) ? 'GSM' : 'UCS2';
	const size = (sign: string): number => (kind === 'UCS2' ? sign.length : extended.has(sign) ? 2 : 1);
	const signs = [...text];
	if (signs.reduce((sum, sign) => sum + size(sign), 0) <= room[kind].whole) return { alphabet: kind, parts: [text] };
	const parts: string[] = [];
	let part = '';
	let used = 0;
	for (const sign of signs) {
		if (used + size(sign) > room[kind].part) {
			parts.push(part);
			part = '';
			used = 0;
		}
		part += sign;
		used += size(sign);
	}
	return { alphabet: kind, parts: [...parts, part] };
}

/** A text in the codes of the GSM alphabet, one octet for each septet, as SMPP takes them. @throws RangeError for a sign that the alphabet lacks */
export function encodeGsm(text: string): Buffer {
	return Buffer.from(
		[...text].flatMap((sign) => {
			const code = basic.get(sign);
			if (code !== undefined) return [code];
			const second = extended.get(sign);
			if (second === undefined) throw new RangeError('not in the GSM alphabet');
			return [escapeCode, second];
		}),
	);
}

/** A text in UCS-2, the most significant octet first. */
export function encodeUcs2(text: string): Buffer {
	return Buffer.from(text, 'utf16le').swap16();
}

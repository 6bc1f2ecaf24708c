/**
 * Country calling codes in use (ITU-T E.164 list of assigned codes, with the global services that carry telephones): one and two digits written whole,
 * those of three digits as their first two and the last ones in use.
 */
const short =
	'1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98';

const long: Readonly<Record<string, string>> = {
	'21': '12368',
	'22': '0123456789',
	'23': '0123456789',
	'24': '0123456789',
	'25': '012345678',
	'26': '0123456789',
	'29': '01789',
	'35': '0123456789',
	'37': '0123456789',
	'38': '01235679',
	'42': '013',
	'50': '0123456789',
	'59': '0123456789',
	'67': '023456789',
	'68': '0123456789',
	'69': '012',
	'80': '08',
	'85': '02356',
	'87': '0138',
	'88': '01236',
	'96': '012345678',
	'97': '012345679',
	'99': '234568',
};

const shortCodes: ReadonlySet<string> = new Set(short.split(' '));

/** The country calling code that an international number (digits only, no `+`) begins with; undefined when none is assigned. No code begins another. */
export function callingCodeOf(digits: string): string | undefined {
	for (const length of [1, 2]) {
		const code = digits.slice(0, length);
		if (shortCodes.has(code)) return code;
	}
	const last = digits.charAt(2);
	return last !== '' && long[digits.slice(0, 2)]?.includes(last) ? digits.slice(0, 3) : undefined;
}

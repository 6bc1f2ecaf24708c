import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeGsm, encodeUcs2, foldToGsm, isGsm, smsParts } from './sms-text.ts';

describe('foldToGsm', () => {
	it.each([
		['notificació pública', 'notificacio publica'],
		['Àrea d’Hisenda · col·legi', "Area d'Hisenda . col.legi"],
		['açò què és? niño ñu €', 'acò què és? niño ñu €'],
		['«França»', '"Franca"'],
		['Notificació Ω', 'Notificacio Ω'],
		['Уведомление número 1', 'Уведомление número 1'],
	])('%s', (text, folded) => expect(foldToGsm(text)).toBe(folded));
});

describe('smsParts', () => {
	it.each([
		['x'.repeat(160), 'GSM', [160]],
		['x'.repeat(161), 'GSM', [153, 8]],
		['x'.repeat(306), 'GSM', [153, 153]],
		['€'.repeat(80), 'GSM', [80]],
		['€'.repeat(81), 'GSM', [76, 5]],
		['í'.repeat(70), 'UCS2', [70]],
		['í'.repeat(71), 'UCS2', [67, 4]],
		[`${'í'.repeat(66)}😀x`, 'UCS2', [69]],
		[`${'í'.repeat(66)}😀xxxx`, 'UCS2', [66, 6]],
		['', 'GSM', [0]],
	] as const)('%#', (text, alphabet, lengths) => {
		const cut = smsParts(text);
		expect([cut.alphabet, cut.parts.map((one) => one.length)]).toEqual([alphabet, lengths]);
	});

	it('loses nothing, and no part is larger than its room', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
				const { alphabet, parts } = smsParts(text);
				expect(parts.join('')).toBe(text);
				const room = alphabet === 'GSM' ? [160, 153] : [140, 134];
				for (const part of parts) {
					const octets = alphabet === 'GSM' ? encodeGsm(part).length : encodeUcs2(part).length;
					expect(octets).toBeLessThanOrEqual((parts.length === 1 ? room[0] : room[1]) ?? 0);
				}
			}),
		);
	});
});

describe('encodings', () => {
	it('follows 3GPP TS 23.038', () => {
		expect([...encodeGsm('@ÆA{€à')]).toEqual([0x00, 0x1c, 0x41, 0x1b, 0x28, 0x1b, 0x65, 0x7f]);
		expect(() => encodeGsm('í')).toThrow(RangeError);
		expect([...encodeUcs2('í')]).toEqual([0x00, 0xed]);
	});

	it('encodes what it says that it can', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary' }),
				(text) =>
					isGsm(text) ===
					(() => {
						try {
							encodeGsm(text);
							return true;
						} catch {
							return false;
						}
					})(),
			),
		);
	});
});

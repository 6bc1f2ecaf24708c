import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cifControls } from './cif.ts';
import { checkCif, checkNif, nifLetter } from './index.ts';
import { checkVat } from './vat.ts';

describe('checkVat', () => {
	it.each(
		`ATU37675002 BE0411905847 BE1000000021 BE1012345646 BG301004503 BG0542011038 CY00532445O CY10259033P CZ46505334 CZ7103192745 CZ682127228 DE111111125 DE136695976
		DK88146328 DK13585628 EE100207415 EE100931558 EL040127797 EL094259216 FI09853608 FI20774740 FR00300076965 FR40303265045 FR23334175221 FRK7399859412
		FR83404833048 HR38192148118 HR33392005961 HU21376414 HU12892312 IE8473625E IE6433435F IE3333510LH IE1234567FA IT00118439991 IT00743110157
		LT213179412 LT290061371314 LT100001919017 LU10000356 LU15027442 LU26375245 LV40003009497 LV40103619251 MT15121333 MT11679112 NL010000446B01 NL004495445B01
		NL002014005B30 NL819643907B01 NL000099998B57 PL5260001246 PL8567346215 PT502757191 PT501964843 PT506774287 RO24736200 RO18547290 RO11198699
		SE556188840401 SE123456789701 SI15012557 SI50223054 SK2021853504 SK2022749619 GB980780684 GB340804329 GB802311782 GBGD001 XI366303068 XI980780684
		CHE109298651 ADU132950X ADL709604K ESA0011012B ESB65410011 ESX5910266W ES12345678Z MC12345678 US123456789 MA001234567 AU51824753556`.split(
			/\s+/,
		),
	)('takes %s', (value) => {
		expect(checkVat(value)).toMatchObject({ ok: true, normalised: value });
	});

	it.each([
		['fr 40 303265045', 'FR40303265045'],
		['FR-40.303.265.045', 'FR40303265045'],
		['esb65410011', 'ESB65410011'],
		['ES-B-65410011', 'ESB65410011'],
		['GR 094259216', 'EL094259216'],
		['CHE-109.298.651 TVA', 'CHE109298651'],
		['CHE109298651MWST', 'CHE109298651'],
		['NO 995 525 828 MVA', 'NO995525828'],
		['NO995525828', 'NO995525828'],
	])('reads %s as %s', (value, normalised) => {
		const check = checkVat(value);
		expect(check).toMatchObject({ ok: true, normalised });
		expect(checkVat(normalised)).toEqual(check);
	});

	it.each([
		['DE136695977', 'check'],
		['FR41303265045', 'check'],
		['IT00743110158', 'check'],
		['PT502757192', 'check'],
		['BE0411905848', 'check'],
		['NL010000447B01', 'check'],
		['GB980780685', 'check'],
		['NO995525829', 'check'],
		['CHE109298652', 'check'],
		['ESB65410012', 'check'],
		['ES12345678A', 'check'],
		['ESK0867756N', 'pattern'],
		['ES4444444Q', 'pattern'],
		['ESX01234567L', 'pattern'],
		['DE12345', 'pattern'],
		['FR123', 'pattern'],
		['EL000000000', 'pattern'],
		['B65410011', 'pattern'],
		['12345678Z', 'pattern'],
		['XX123456789', 'pattern'],
		['ZZ123456789', 'pattern'],
		['US', 'pattern'],
		['USABCDEFGH', 'pattern'],
		['US12', 'pattern'],
		['US1234567890123456', 'pattern'],
		['ADU13295X', 'pattern'],
		['DE136695976; DROP', 'pattern'],
		['', 'blank'],
		['  --  ', 'blank'],
	])('refuses %j: %s', (value, problem) => {
		expect(checkVat(value)).toEqual({ ok: false, problem });
	});

	const entity = fc.constantFrom(...'ABCDEFGHJNPQRSUVW');
	const cif = fc.tuple(entity, fc.integer({ min: 0, max: 9_999_999 }), fc.nat(1)).map(([letter, value, which]) => {
		const digits = String(value).padStart(7, '0');
		const ends = cifControls(letter, digits);
		return letter + digits + (ends[which] ?? ends[0]);
	});
	const nif = fc.integer({ min: 0, max: 99_999_999 }).map((value) => {
		const digits = String(value).padStart(8, '0');
		return digits + nifLetter(digits);
	});

	it('is one identity with the Spanish CIF or NIF that it carries', () => {
		fc.assert(
			fc.property(cif, nif, (company, person) => {
				for (const [own, vat] of [
					[checkCif(company), checkVat(`ES${company}`)],
					[checkNif(person), checkVat(`ES${person}`)],
				] as const) {
					expect(own.ok && vat.ok && own.key === vat.key).toBe(true);
				}
			}),
		);
	});

	it('takes a Spanish number exactly when our own checks take it', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^[A-Z0-9][0-9]{7}[A-Z0-9]$/), (number) => {
				expect(checkVat(`ES${number}`).ok).toBe(checkCif(number).ok || checkNif(number).ok);
			}),
		);
	});

	it('answers something for anything, and normalises once', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[A-Z]{2}[A-Z0-9]{0,14}$/)), (value) => {
				const check = checkVat(value);
				if (check.ok) expect(checkVat(check.normalised)).toEqual(check);
			}),
		);
	});
});

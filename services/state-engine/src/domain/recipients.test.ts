import { describe, expect, it } from 'vitest';
import { cif, collective, legal, natural, nif, other, passport, vat } from '../testing/fixtures.ts';
import { recipientNamed } from './recipients.ts';

const person = natural(nif('12345678Z'));
const traveller = natural(passport('AB123456'));
const company = legal(cif('B65410011'));
const represented = legal(cif('A58818501'), nif('87654321X'));
const group = collective('FISCALIA-08');
const all = [person, traveller, company, represented, group];

describe('the recipient that documents name', () => {
	it.each([
		['the only one without a document', [person], [], 0],
		['the only one by its document', [person], [nif('12345678Z')], 0],
		['nobody by a document of nobody, also with one recipient', [person], [nif('00000000T')], undefined],
		['nobody without a document among several', all, [], undefined],
		['nobody without recipients', [], [], undefined],
		['a natural person', all, [nif('12345678Z')], 0],
		['a passport in another writing', all, [passport('ab 123456')], 1],
		['a company by its CIF', all, [cif('B65410011')], 2],
		['a company by its VAT number', all, [vat('ESB65410011')], 2],
		['a company by its representative', all, [nif('87654321X')], 3],
		['a company and its representative', all, [nif('87654321X'), cif('A58818501')], 3],
		['nobody by a company and another one’s representative', all, [nif('87654321X'), cif('B65410011')], undefined],
		['nobody by a company and somebody unknown', all, [nif('00000000T'), cif('B65410011')], undefined],
		['nobody by two recipients at once', all, [nif('12345678Z'), cif('B65410011')], undefined],
		['a collective by its identifier', all, [other('FISCALIA-08')], 4],
		['a natural person by a VAT number', all, [vat('ES12345678Z')], 0],
		['nobody by a document that is not valid', all, [passport('')], undefined],
		['nobody by what two recipients share', [legal(cif('B65410011'), nif('12345678Z')), person], [nif('12345678Z')], undefined],
	])('is %s', (_, recipients, given, expected) => {
		expect(recipientNamed(recipients, given)).toBe(expected);
	});

	it('is not matched through equally broken documents', () => {
		expect(recipientNamed([natural(passport(''))], [passport('')])).toBeUndefined();
	});
});

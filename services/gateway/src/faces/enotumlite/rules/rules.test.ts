import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DialectName } from '../names.ts';
import { document, identity, legal, natural, notification, person, recipient } from '../testing.ts';
import type { WireNotification, WireParty, WireRecipient } from '../wire.ts';
import { problemOf } from './index.ts';

const administrations = new Set(['ES:P0801900B']);
const codeOf = (change: Partial<WireNotification>, dialect: DialectName = 'seed') =>
	problemOf(notification(change), { dialect, administrations })?.code;
const textOf = (change: Partial<WireNotification>, dialect: DialectName = 'seed') =>
	problemOf(notification(change), { dialect, administrations })?.message ?? '';
const to = (...parties: WireParty[]) => ({ recipients: parties.map((party) => recipient(party)) });
const toRecipient = (change: Partial<WireRecipient>) => ({ recipients: [recipient(natural(), change)] });
const collective = (value: string): WireParty => ({ kind: 'collective', identity: identity('OTHER', value), name: 'Veïns' });

it('finds nothing wrong with a right notification of every kind', () => {
	expect(codeOf({})).toBeUndefined();
	expect(
		codeOf(to(natural(), legal(), natural('AB123456', 'PASSPORT'), legal('FR40303265045', 'VAT'), collective('grup-1'))),
	).toBeUndefined();
	expect(codeOf({ ...to(legal('fiscalia 3', 'OTHER')) }, 'head')).toBeUndefined();
});

describe('NOT_02', () => {
	it.each<[string, Partial<WireNotification>]>([
		['Titol', { title: 'x'.repeat(101) }],
		['Referencia', { reference: 'x'.repeat(101) }],
		['IdNotificacioEmissor', { issuerReference: 'x'.repeat(51) }],
		['TipusObjecte', { kind: 'notificacio' }],
		['TipusObjecte', { kind: ' NOTIFICACIO' }],
		['DiesExpiracio', { expiryDays: '0' }],
		['DiesExpiracio', { expiryDays: '-1' }],
		['DiesExpiracio', { expiryDays: '366' }],
		['DiesExpiracio', { expiryDays: `1${'0'.repeat(40)}` }],
		['Idioma', { language: 'fr' }],
		['Idioma', toRecipient({ language: 'CA' })],
		['BustiaCorreu', toRecipient({ emails: ['anna@exemple'] })],
		['BustiaCorreu', toRecipient({ emails: ['a@b.c', 'a@.c'] })],
		['BustiaCorreu', toRecipient({ emails: [''] })],
		['BustiaCorreu', toRecipient({ emails: [`${'a'.repeat(1000)}@b.cat`] })],
		['Identificador', to(collective('---'))],
		['digestAlgorithm', { documents: [document({ algorithm: 'SHA-1' })] }],
		['digestAlgorithm', { documents: [document({ algorithm: '' })] }],
		['Document/Tipus', { documents: [document(), document({ kind: 'Resolucio' })] }],
		['RaoSocial', to({ ...legal(), legalName: 'x'.repeat(10_001) } as WireParty)],
		['CosNotificacio', { body: 'x'.repeat(1_000_001) }],
		['PASSAPORT', to(natural('1'.repeat(1001), 'PASSPORT'))],
	])('names the field %s', (field, change) => {
		expect(codeOf(change)).toBe('NOT_02');
		expect(textOf(change)).toContain(field);
	});

	it.each<Partial<WireNotification>>([
		{ title: '', reference: '' },
		{ title: '😀'.repeat(100), issuerReference: 'x'.repeat(50) },
		{ expiryDays: '1' },
		{ expiryDays: '+0365' },
		{ language: '' },
		{ language: 'oc' },
		toRecipient({ emails: ['a b@c d.e f'], language: '' }),
	])('does not mind %j', (change) => {
		expect(codeOf(change)).toBeUndefined();
	});

	it('bounds the names of documents in the last variant only', () => {
		const long = { documents: [document({ name: 'x'.repeat(101) })] };
		expect(codeOf(long, 'head')).toBe('NOT_02');
		expect(textOf(long, 'head')).toContain('Document/Nom');
		expect(codeOf(long, 'seed')).toBeUndefined();
		expect(codeOf({ documents: [document({ name: 'x'.repeat(100) })] }, 'head')).toBeUndefined();
	});
});

describe('identity documents', () => {
	it('NOT_03 says it as the published sample does', () => {
		expect(problemOf(notification(to(natural('04444444H'))), { dialect: 'seed', administrations })).toEqual({
			code: 'NOT_03',
			message: 'NIF invàlid: 04444444H',
		});
	});

	it.each<[string | undefined, WireParty]>([
		['NOT_03', natural('12345678A')],
		['NOT_03', natural('12345678z')],
		['NOT_03', natural('K1234567L')],
		['NOT_03', legal('B65410011', 'CIF', person(identity('NIF', '12345678A')))],
		['NOT_04', legal('B65410012')],
		['NOT_04', legal('65410011')],
		['NOT_07', natural('')],
		['NOT_07', natural(' - ')],
		['NOT_07', natural('', 'PASSPORT')],
		['NOT_07', natural('1111111', 'PASSPORT')],
		['NOT_07', legal('B65410011', 'CIF', person(identity('PASSPORT', '?')))],
		['NOT_08', legal('')],
		['NOT_08', legal('', 'VAT')],
		['NOT_08', legal('ESB65410012', 'VAT')],
		['NOT_08', legal('FR00303265045', 'VAT')],
		['NOT_08', legal('..', 'OTHER')],
		['NOT_10', legal('P0801900B')],
		['NOT_10', legal('ES P-0801900-B', 'VAT')],
		['NOT_10', legal('P0801900B', 'OTHER')],
		['NOT_10', collective('p0801900b')],
		[undefined, natural('X1234567L')],
		[undefined, natural('1234567L')],
	])('%s for %j', (code, party) => {
		expect(codeOf(to(party))).toBe(code);
	});

	it.each<[WireParty, WireParty]>([
		[natural(), natural()],
		[natural('01234567L'), natural('1234567L')],
		[legal('B65410011'), legal('ESB65410011', 'VAT')],
		[natural(), legal('B65410011', 'CIF', person())],
		[legal('B65410011', 'CIF', person()), legal('A58818501', 'CIF', person())],
		[natural('ab 123456', 'PASSPORT'), natural('AB123456', 'PASSPORT')],
	])('NOT_09 for %j beside %j', (one, other) => {
		expect(codeOf(to(one, other))).toBe('NOT_09');
	});

	it('a passport and a NIF of one writing are two identities', () => {
		expect(codeOf(to(natural('12345678Z', 'PASSPORT'), natural('12345678Z')))).toBeUndefined();
	});
});

it.each<[string | undefined, string]>([
	['NOT_05', ''],
	['NOT_05', '12345'],
	['NOT_05', '512345678'],
	['NOT_05', '600 000 00a'],
	[undefined, '+34 600-000.000'],
	[undefined, '0033123456789'],
])('%s for the telephone %j', (code, phone) => {
	expect(codeOf(toRecipient({ phones: ['600000000', phone] }))).toBe(code);
});

it.each<[string | undefined, string | undefined, number]>([
	[undefined, 'SHA-256', 32],
	[undefined, 'SHA-384', 48],
	[undefined, 'SHA-512', 64],
	[undefined, undefined, 32],
	[undefined, undefined, 48],
	[undefined, undefined, 64],
	['NOT_06', 'SHA-256', 31],
	['NOT_06', 'SHA-256', 64],
	['NOT_06', 'SHA-512', 32],
	['NOT_06', undefined, 20],
	['NOT_06', undefined, 0],
])('%s for algorithm %s and %i bytes', (code, algorithm, length) => {
	expect(codeOf({ documents: [document(), document({ algorithm, digest: Buffer.alloc(length) })] })).toBe(code);
});

it('with several problems the lowest code is said, whichever come together', () => {
	const broken: [string, (wire: WireNotification) => WireNotification][] = [
		['NOT_02', (wire) => ({ ...wire, title: 'x'.repeat(200) })],
		['NOT_03', (wire) => ({ ...wire, recipients: [...wire.recipients, recipient(natural('12345678A'))] })],
		['NOT_04', (wire) => ({ ...wire, recipients: [...wire.recipients, recipient(legal('B65410012'))] })],
		['NOT_05', (wire) => ({ ...wire, recipients: wire.recipients.map((one) => ({ ...one, phones: ['1'] })) })],
		['NOT_06', (wire) => ({ ...wire, documents: [document({ digest: Buffer.alloc(3) })] })],
		['NOT_07', (wire) => ({ ...wire, recipients: [recipient(natural('', 'PASSPORT')), ...wire.recipients] })],
		['NOT_08', (wire) => ({ ...wire, recipients: [recipient(legal('', 'VAT')), ...wire.recipients] })],
		['NOT_09', (wire) => ({ ...wire, recipients: [...wire.recipients, recipient(natural())] })],
		['NOT_10', (wire) => ({ ...wire, recipients: [recipient(legal('P0801900B')), ...wire.recipients] })],
	];
	fc.assert(
		fc.property(fc.shuffledSubarray(broken, { minLength: 1 }), (picked) => {
			const wire = picked.reduce((so, [, breaks]) => breaks(so), notification());
			const lowest = picked.map(([code]) => code).sort()[0];
			expect(problemOf(wire, { dialect: 'seed', administrations })?.code).toBe(lowest);
		}),
	);
});

import { expect, it } from 'vitest';
import { toDraft } from './draft.ts';
import { document, identity, issuer, legal, natural, notification, person, recipient } from './testing.ts';

it('translates every field', () => {
	const draft = toDraft(
		notification({
			issuerReference: 'A-1',
			kind: 'COMUNICACIO',
			createdAt: '2026-01-02T03:04:05.678+02:00',
			expiryDays: '+030',
			language: 'oc',
			body: 'Cos',
			appealFooter: 'Peu',
			notices: { first: '1', reminder: 'false' },
			recipients: [
				recipient(legal('B65410011', 'CIF', { ...person(), secondSurname: 'Mas' }), { language: 'en' }),
				recipient({ kind: 'collective', identity: identity('OTHER', 'grup 1'), name: 'Veïns' }, { emails: [], phones: [], language: '' }),
				recipient(natural('AB123456', 'PASSPORT')),
			],
			documents: [document({ kind: 'Annex', algorithm: undefined, digest: Buffer.alloc(64, 2) }), document()],
		}),
		issuer({ evidenceForm: 'head' }),
		'head',
	);
	expect(draft).toEqual({
		issuer: { code: 'DEMO', name: 'Ajuntament de prova' },
		issuerReference: 'A-1',
		kind: 'NOTIFICATION_KIND_COMMUNICATION',
		title: 'Resolució',
		reference: 'EXP/1',
		createdAtGiven: '2026-01-02T03:04:05.678+02:00',
		expiryDays: 30,
		language: 'LANGUAGE_OC',
		body: 'Cos',
		appealFooter: 'Peu',
		firstNotice: true,
		reminder: false,
		recipients: [
			{
				party: {
					$case: 'legal',
					value: {
						identity: { scheme: 'IDENTITY_SCHEME_CIF', value: 'B65410011' },
						legalName: 'Empresa, SL',
						representative: {
							identity: { scheme: 'IDENTITY_SCHEME_NIF', value: '12345678Z' },
							givenName: 'Anna',
							firstSurname: 'Puig',
							secondSurname: 'Mas',
						},
					},
				},
				emails: ['anna@exemple.cat'],
				phones: ['600 000 000'],
				language: 'LANGUAGE_EN',
			},
			{
				party: { $case: 'collective', value: { identity: { scheme: 'IDENTITY_SCHEME_OTHER', value: 'grup 1' }, name: 'Veïns' } },
				emails: [],
				phones: [],
				language: 'LANGUAGE_CA',
			},
			{
				party: {
					$case: 'natural',
					value: {
						identity: { scheme: 'IDENTITY_SCHEME_PASSPORT', value: 'AB123456' },
						givenName: 'Anna',
						firstSurname: 'Puig',
						secondSurname: undefined,
					},
				},
				emails: ['anna@exemple.cat'],
				phones: ['600 000 000'],
				language: 'LANGUAGE_UNSPECIFIED',
			},
		],
		documents: [
			{
				name: 'resolucio.pdf',
				algorithm: 'DIGEST_ALGORITHM_SHA512',
				digest: Buffer.alloc(64, 2),
				kind: 'DOCUMENT_KIND_ANNEX',
				algorithmGiven: false,
			},
			{
				name: 'resolucio.pdf',
				algorithm: 'DIGEST_ALGORITHM_SHA256',
				digest: Buffer.alloc(32, 1),
				kind: 'DOCUMENT_KIND_RESOLUTION',
				algorithmGiven: true,
			},
		],
		dialect: 'DIALECT_ENOTUMLITE_HEAD',
		evidenceForm: 'EVIDENCE_FORM_HEAD',
		defaulted: [],
	});
});

it('takes what is absent from the issuer and the contract', () => {
	const draft = toDraft(notification(), issuer({ defaultExpiryDays: 20 }), 'seed');
	expect(draft).toMatchObject({
		issuerReference: '',
		createdAtGiven: '',
		expiryDays: 20,
		language: 'LANGUAGE_CA',
		body: '',
		dialect: 'DIALECT_ENOTUMLITE_SEED',
		evidenceForm: 'EVIDENCE_FORM_SEED',
		defaulted: ['DRAFT_SETTING_EXPIRY_DAYS', 'DRAFT_SETTING_FIRST_NOTICE', 'DRAFT_SETTING_REMINDER'],
	});
	expect(toDraft(notification({ expiryDays: '5', notices: { first: 'true', reminder: '' } }), issuer(), 'seed').defaulted).toEqual([]);
	expect(toDraft(notification({ language: '' }), issuer(), 'seed').language).toBe('LANGUAGE_CA');
});

it.each<[string | undefined, boolean, 'seed' | 'head', boolean]>([
	[undefined, false, 'seed', false],
	[undefined, true, 'seed', true],
	[undefined, true, 'head', true],
	['', true, 'seed', false],
	['', false, 'head', false],
	['', true, 'head', true],
	['true', false, 'seed', true],
	['1', false, 'head', true],
	['false', true, 'seed', false],
	['0', true, 'head', false],
])('a notice flag %j with the issuer at %s is in %s %s', (given, setting, dialect, flag) => {
	const noticeDefaults = { firstNotice: setting, reminder: setting };
	const notices = given === undefined ? undefined : { first: given, reminder: given };
	expect(toDraft(notification({ notices }), issuer({ noticeDefaults }), dialect)).toMatchObject({ firstNotice: flag, reminder: flag });
});

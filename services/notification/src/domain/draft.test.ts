import type { Recipient } from '@fefaent/contracts/common';
import type { Document, Draft } from '@fefaent/contracts/notification';
import { expect, it } from 'vitest';
import { draft, recipient } from '../testing/fixtures.ts';
import { draftProblem } from './draft.ts';

const document = draft().documents[0] as Document;
const nif = { scheme: 'IDENTITY_SCHEME_NIF', value: '12345678Z' } as const;
const party = (value: Recipient['party']): Partial<Draft> => ({ recipients: [{ ...recipient, party: value }] });
const person = { identity: nif, givenName: 'Pol', firstSurname: 'Vila' };

it.each<{ readonly change: Partial<Draft> }>([
	{ change: {} },
	{ change: { recipients: Array.from({ length: 5 }, () => recipient), documents: Array.from({ length: 100 }, () => document) } },
	{ change: { title: '', reference: '', body: 'x'.repeat(1_000_000), expiryDays: 365 } },
	{ change: { documents: [{ ...document, algorithm: 'DIGEST_ALGORITHM_SHA512', digest: new Uint8Array(64) }] } },
	{ change: party({ $case: 'legal', value: { identity: nif, legalName: 'SL', representative: person } }) },
	{ change: party({ $case: 'collective', value: { identity: nif, name: 'Veïns' } }) },
])('takes a draft within bounds ($#)', ({ change }) => {
	expect(draftProblem(draft(change))).toBeUndefined();
});

it.each<{ readonly field: string; readonly change: Partial<Draft> }>([
	{ field: 'issuer.code', change: { issuer: undefined } },
	{ field: 'issuer.code', change: { issuer: { code: '', name: 'x' } } },
	{ field: 'issuer.name', change: { issuer: { code: 'DEMO', name: 'x'.repeat(10_001) } } },
	{ field: 'issuer_reference', change: { issuerReference: 'x'.repeat(201) } },
	{ field: 'kind', change: { kind: 'NOTIFICATION_KIND_UNSPECIFIED' } },
	{ field: 'title', change: { title: 'x'.repeat(1001) } },
	{ field: 'reference', change: { reference: 'x'.repeat(1001) } },
	{ field: 'created_at_given', change: { createdAtGiven: '2'.repeat(101) } },
	{ field: 'expiry_days', change: { expiryDays: -1 } },
	{ field: 'expiry_days', change: { expiryDays: 366 } },
	{ field: 'expiry_days', change: { expiryDays: 1.5 } },
	{ field: 'language', change: { language: 'LANGUAGE_UNSPECIFIED' } },
	{ field: 'body', change: { body: 'x'.repeat(1_000_001) } },
	{ field: 'appeal_footer', change: { appealFooter: 'x'.repeat(1_000_001) } },
	{ field: 'dialect', change: { dialect: 'UNRECOGNIZED' } },
	{ field: 'evidence_form', change: { evidenceForm: 'EVIDENCE_FORM_UNSPECIFIED' } },
	{ field: 'recipients', change: { recipients: [] } },
	{ field: 'recipients', change: { recipients: Array.from({ length: 6 }, () => recipient) } },
	{ field: 'recipients[1].emails', change: { recipients: [recipient, { ...recipient, emails: ['a', 'b', 'c', 'd'] }] } },
	{ field: 'recipients[0].phones', change: { recipients: [{ ...recipient, phones: [''] }] } },
	{ field: 'recipients[0].party', change: party(undefined) },
	{ field: 'recipients[0].identity', change: party({ $case: 'natural', value: { ...person, identity: undefined } }) },
	{ field: 'recipients[0].name', change: party({ $case: 'natural', value: { ...person, secondSurname: 'x'.repeat(10_001) } }) },
	{ field: 'recipients[0].legal_name', change: party({ $case: 'legal', value: { identity: nif, legalName: 'x'.repeat(10_001) } }) },
	{
		field: 'recipients[0].representative.identity',
		change: party({
			$case: 'legal',
			value: { identity: nif, legalName: 'SL', representative: { ...person, identity: { ...nif, value: '' } } },
		}),
	},
	{
		field: 'recipients[0].identity',
		change: party({ $case: 'collective', value: { identity: { ...nif, scheme: 'UNRECOGNIZED' }, name: '' } }),
	},
	{ field: 'recipients[0].name', change: party({ $case: 'collective', value: { identity: nif, name: 'x'.repeat(10_001) } }) },
	{ field: 'documents', change: { documents: [] } },
	{ field: 'documents', change: { documents: Array.from({ length: 101 }, () => document) } },
	{ field: 'documents[1].name', change: { documents: [document, { ...document, name: 'x'.repeat(10_001) }] } },
	{ field: 'documents[0].digest', change: { documents: [{ ...document, digest: new Uint8Array(31) }] } },
	{ field: 'documents[0].digest', change: { documents: [{ ...document, algorithm: 'DIGEST_ALGORITHM_UNSPECIFIED' }] } },
	{ field: 'documents[0].kind', change: { documents: [{ ...document, kind: 'DOCUMENT_KIND_UNSPECIFIED' }] } },
])('names $field ($#)', ({ field, change }) => {
	expect(draftProblem(draft(change))).toBe(field);
});

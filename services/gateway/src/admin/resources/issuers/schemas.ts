import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { instant, issuerCode } from '../shared/fields.ts';

const name = z.string().min(1).max(200).describe('Its name, for people.');
const expiryDays = z.int().min(1).max(365).describe('Days from deposit to expiry where a request gives none.');
const evidenceForm = z.enum(['seed', 'head']).describe('Published form of its evidences.');
const firstNotice = z.boolean().describe('Whether recipients are told on deposit where a request does not say.');
const reminder = z.boolean().describe('Whether they are reminded before expiry where a request does not say.');

/** An issuer as it stands. */
export const issuer = named(
	'Issuer',
	z.object({
		code: issuerCode.describe('What requests name it by (`Emissor`).'),
		name,
		enabled: z.boolean().describe('A disabled issuer is answered like an unknown one.'),
		defaultExpiryDays: expiryDays,
		noticeDefaults: z.object({ firstNotice, reminder }),
		evidenceForm,
		createdAt: instant,
		version: z.int(),
	}),
);

const change = {
	name: name.optional(),
	enabled: z.boolean().optional(),
	defaultExpiryDays: expiryDays.optional(),
	noticeDefaults: z.strictObject({ firstNotice: firstNotice.optional(), reminder: reminder.optional() }).optional(),
	evidenceForm: evidenceForm.optional(),
};

/** What of an issuer can be changed. */
export const issuerChange = named('IssuerChange', z.strictObject(change).describe('What is absent stays.'));

/** A new issuer. */
export const newIssuer = named('NewIssuer', z.strictObject({ ...change, code: issuerCode, name }));

/** Issuers, by code. */
export const issuerList = named('IssuerList', z.object({ items: z.array(issuer), next: z.string().optional() }));

import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { instant, issuerCode } from '../shared/fields.ts';

/** A credential, without what it proves itself with. */
export const credential = named(
	'Credential',
	z.object({
		id: z.string(),
		label: z.string().describe('Which program of whom.'),
		kind: z.enum(['api-key', 'certificate']),
		issuers: z.array(z.string()).describe('Codes of the issuers that its holder may act for.'),
		createdAt: instant,
		revokedAt: instant.optional().describe('Since when it opens nothing.'),
		lastUsedAt: instant.optional().describe('To a precision of some minutes.'),
	}),
);

const holder = {
	label: z.string().min(1).max(200).describe('Which program of whom.'),
	issuers: z.array(issuerCode).min(1).max(1000).describe('Codes of the issuers that it may act for.'),
};

/** A new API key's holder. */
export const newApiKey = named('NewApiKey', z.strictObject(holder));

/** A new API key, shown this once. */
export const createdApiKey = named(
	'CreatedApiKey',
	z.object({ key: z.string().describe('The key: `X-API-Key` or `Authorization: Bearer`. Shown this once.'), credential }),
);

/** A client certificate to register. */
export const newCertificate = named(
	'NewCertificate',
	z.strictObject({ ...holder, pem: z.string().min(1).max(65_536).describe("The client's certificate in PEM.") }),
);

/** Credentials, by id. */
export const credentialList = named('CredentialList', z.object({ items: z.array(credential), next: z.string().optional() }));

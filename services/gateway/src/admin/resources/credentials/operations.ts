import { z } from 'zod';
import type { CredentialView } from '../../../directory/operations.ts';
import { operation } from '../../http/route.ts';
import { iso, isoAs, issuerCode, page, pageQuery } from '../shared/fields.ts';
import { createdApiKey, credential, credentialList, newApiKey, newCertificate } from './schemas.ts';

const path = '/admin/v1/credentials';
const tag = 'credentials';

function view({ createdAt, revokedAt, lastUsedAt, issuers, ...rest }: CredentialView): z.input<typeof credential> {
	return {
		...rest,
		issuers: [...issuers],
		createdAt: iso(createdAt),
		...isoAs('revokedAt', revokedAt),
		...isoAs('lastUsedAt', lastUsedAt),
	};
}

/** Operations on credentials. */
export const credentialOperations = [
	operation({
		method: 'get',
		path,
		id: 'listCredentials',
		tag,
		summary: 'Lists credentials, revoked ones included.',
		input: { query: z.strictObject({ ...pageQuery, issuer: issuerCode.optional().describe('Only those that may act for it.') }) },
		success: { status: 200, says: 'A page of credentials.', json: credentialList },
		handle: async ({ directory }, { query: { issuer, after, limit } }) => {
			const found = await directory.listCredentials({ after: after ?? '', limit, ...(issuer !== undefined && { issuer }) });
			return page(found.map(view), limit, (one) => one.id);
		},
	}),
	operation({
		method: 'post',
		path: `${path}/api-keys`,
		id: 'createApiKey',
		tag,
		summary: 'Makes an API key.',
		input: { body: newApiKey },
		success: { status: 201, says: 'Made; the key is shown this once.', json: createdApiKey },
		failures: { 404: 'ISSUER_UNKNOWN.' },
		handle: async ({ directory }, { body }) => {
			const { key, credential } = await directory.createApiKey(body);
			return { key, credential: view(credential) };
		},
	}),
	operation({
		method: 'post',
		path: `${path}/certificates`,
		id: 'registerCertificate',
		tag,
		summary: "Registers a client's certificate for mutual TLS.",
		input: { body: newCertificate },
		success: { status: 201, says: 'Registered.', json: credential },
		failures: { 404: 'ISSUER_UNKNOWN.', 409: 'CREDENTIAL_EXISTS.' },
		handle: async ({ directory }, { body }) => view(await directory.registerCertificate(body)),
	}),
	operation({
		method: 'delete',
		path: `${path}/{id}`,
		id: 'revokeCredential',
		tag,
		summary: 'Revokes a credential: it opens nothing any more, and stays listed.',
		input: { params: z.object({ id: z.string().min(1).max(100).describe('Id of the credential.') }) },
		success: { status: 200, says: 'Revoked, now or before.', json: credential },
		failures: { 404: 'CREDENTIAL_UNKNOWN.' },
		handle: async ({ directory }, { params }) => view(await directory.revokeCredential(params.id)),
	}),
];

import { z } from 'zod';
import type { IssuerChange } from '../../../directory/rules.ts';
import type { Issuer } from '../../../directory/types.ts';
import { etagOf } from '../../http/precondition.ts';
import { operation } from '../../http/route.ts';
import { defined, iso, issuerCode, page, pageQuery } from '../shared/fields.ts';
import { issuer, issuerChange, issuerList, newIssuer } from './schemas.ts';

const path = '/admin/v1/issuers';
const tag = 'issuers';
const params = z.object({ code: issuerCode });
const unknown = { 404: 'ISSUER_UNKNOWN.' };

function view({ createdAt, ...rest }: Issuer): z.input<typeof issuer> {
	return { ...rest, createdAt: iso(createdAt) };
}

const etag = ({ version }: { readonly version: number }) => etagOf(version);

function changeOf({ noticeDefaults, ...rest }: z.output<typeof issuerChange>): IssuerChange {
	return { ...defined(rest), ...(noticeDefaults && { noticeDefaults: defined(noticeDefaults) }) };
}

/** Operations on issuers. */
export const issuerOperations = [
	operation({
		method: 'get',
		path,
		id: 'listIssuers',
		tag,
		summary: 'Lists issuers, by code.',
		input: { query: z.strictObject(pageQuery) },
		success: { status: 200, says: 'A page of issuers.', json: issuerList },
		handle: async ({ directory }, { query }) => {
			const found = await directory.listIssuers({ after: query.after ?? '', limit: query.limit });
			return page(found.map(view), query.limit, (one) => one.code);
		},
	}),
	operation({
		method: 'post',
		path,
		id: 'registerIssuer',
		tag,
		summary: 'Registers an issuer.',
		input: { body: newIssuer },
		success: { status: 201, says: 'Registered.', json: issuer },
		failures: { 409: 'ISSUER_EXISTS.' },
		handle: async ({ directory }, { body: { code, name, ...rest } }) =>
			view(await directory.registerIssuer({ ...changeOf(rest), code, name })),
		etag,
		location: ({ code }) => `${path}/${encodeURIComponent(code)}`,
	}),
	operation({
		method: 'get',
		path: `${path}/{code}`,
		id: 'getIssuer',
		tag,
		summary: 'Reads an issuer.',
		input: { params },
		success: { status: 200, says: 'The issuer.', json: issuer },
		failures: unknown,
		handle: async ({ directory }, { params: { code } }) => view(await directory.getIssuer(code)),
		etag,
	}),
	operation({
		method: 'patch',
		path: `${path}/{code}`,
		id: 'changeIssuer',
		tag,
		summary: 'Changes an issuer. Holds for what is created from then on.',
		input: { params, body: issuerChange },
		success: { status: 200, says: 'As it stands now.', json: issuer },
		failures: unknown,
		conditional: true,
		etag,
		handle: async ({ directory }, { params: { code }, body }, precondition) =>
			view(await directory.updateIssuer(code, changeOf(body), (before) => precondition(etag(before)))),
	}),
];

import { z } from 'zod';
import type { Administration } from '../../../directory/types.ts';
import { operation } from '../../http/route.ts';
import { iso, page, pageQuery } from '../shared/fields.ts';
import { administration, administrationImport, administrationList, administrationName, administrationsImported, cif } from './schemas.ts';

const path = '/admin/v1/administrations';
const tag = 'administrations';

const params = z.object({ cif });

function view({ addedAt, ...rest }: Administration): z.input<typeof administration> {
	return { ...rest, addedAt: iso(addedAt) };
}

/** Operations on the administrations that are notified through EACAT (eNotumLite error NOT_10). */
export const administrationOperations = [
	operation({
		method: 'get',
		path,
		id: 'listAdministrations',
		tag,
		summary: 'Lists administrations.',
		input: { query: z.strictObject(pageQuery) },
		success: { status: 200, says: 'A page of administrations.', json: administrationList },
		handle: async ({ directory }, { query: { after, limit } }) => {
			const found = await directory.listAdministrations({ after: after ?? '', limit });
			return page(found.map(view), limit, (one) => one.key);
		},
	}),
	operation({
		method: 'put',
		path: `${path}/{cif}`,
		id: 'putAdministration',
		tag,
		summary: 'Adds an administration, or renames it.',
		input: { params, body: administrationName },
		success: { status: 200, says: 'As it stands now.', json: administration },
		handle: async ({ directory }, { params: { cif }, body: { name } }) => {
			const [put] = await directory.putAdministrations([{ cif, name }]);
			// One entry in, one out; a wrong one is thrown.
			return view(put as Administration);
		},
	}),
	operation({
		method: 'delete',
		path: `${path}/{cif}`,
		id: 'removeAdministration',
		tag,
		summary: 'Takes an administration off the list.',
		input: { params },
		success: { status: 204, says: 'Removed.' },
		failures: { 404: 'ADMINISTRATION_UNKNOWN.' },
		handle: async ({ directory }, { params: { cif } }) => {
			await directory.removeAdministration(cif);
			return undefined;
		},
	}),
	operation({
		method: 'post',
		path: `${path}/import`,
		id: 'importAdministrations',
		tag,
		summary: 'Adds or renames many at once: all, or none when one of them is wrong.',
		input: { body: administrationImport },
		success: { status: 200, says: 'Imported.', json: administrationsImported },
		handle: async ({ directory }, { body }) => {
			const put = await directory.putAdministrations(body.entries.map(({ cif, name }) => ({ cif, ...(name !== undefined && { name }) })));
			return { imported: put.length };
		},
	}),
];

import { z } from 'zod';
import type { Administration } from '../../../directory/types.ts';
import { operation } from '../../http/route.ts';
import { named } from '../../openapi/names.ts';
import { iso, page, pageQuery } from '../shared/fields.ts';

const path = '/admin/v1/administrations';
const tag = 'administrations';

const cif = z.string().min(1).max(40).describe('Its CIF.');
const name = z.string().max(200).describe('Its name.');
const params = z.object({ cif });

const administration = named(
	'Administration',
	z.object({
		key: z.string().describe('What two writings of one CIF share; where a page ends.'),
		cif,
		name,
		addedAt: z.iso.datetime(),
	}),
);
const list = named('AdministrationList', z.object({ items: z.array(administration), next: z.string().optional() }));
const naming = named('AdministrationName', z.strictObject({ name: name.default('') }));
const entries = named(
	'AdministrationImport',
	z.strictObject({
		entries: z
			.array(z.strictObject({ cif, name: name.optional() }))
			.min(1)
			.max(20_000),
	}),
);
const imported = named('AdministrationsImported', z.object({ imported: z.int() }));

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
		success: { status: 200, says: 'A page of administrations.', json: list },
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
		input: { params, body: naming },
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
		input: { body: entries },
		success: { status: 200, says: 'Imported.', json: imported },
		handle: async ({ directory }, { body }) => {
			const put = await directory.putAdministrations(body.entries.map(({ cif, name }) => ({ cif, ...(name !== undefined && { name }) })));
			return { imported: put.length };
		},
	}),
];

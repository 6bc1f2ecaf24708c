import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { instant } from '../shared/fields.ts';

/** CIF of an administration. */
export const cif = z.string().min(1).max(40).describe('Its CIF.');
const name = z.string().max(200).describe('Its name.');

/** An administration on the list. */
export const administration = named(
	'Administration',
	z.object({
		key: z.string().describe('What two writings of one CIF share; where a page ends.'),
		cif,
		name,
		addedAt: instant,
	}),
);
/** Administrations, by key. */
export const administrationList = named('AdministrationList', z.object({ items: z.array(administration), next: z.string().optional() }));
/** How an administration is called. */
export const administrationName = named('AdministrationName', z.strictObject({ name: name.default('') }));
/** Many at once. */
export const administrationImport = named(
	'AdministrationImport',
	z.strictObject({
		entries: z
			.array(z.strictObject({ cif, name: name.optional() }))
			.min(1)
			.max(20_000),
	}),
);
/** How many were. */
export const administrationsImported = named('AdministrationsImported', z.object({ imported: z.int() }));

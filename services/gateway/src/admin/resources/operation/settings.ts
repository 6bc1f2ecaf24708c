import { configTable, renderConfigText } from '@fefaent/service-kit';
import { z } from 'zod';
import { operation } from '../../http/route.ts';
import { named } from '../../openapi/names.ts';
import type { SettingsPart } from '../../ports.ts';

const row = z.object({
	part: z.string().describe('Which part of the process reads it.'),
	name: z.string().describe('The environment variable.'),
	value: z.string().optional().describe('In force; secrets are masked; absent when unset.'),
	default: z.string().optional(),
	type: z.string(),
	unit: z.string().optional(),
	secret: z.boolean(),
	doc: z.string(),
});
/** Settings by part. */
export const settingList = named('SettingList', z.object({ items: z.array(row) }));

function rowsOf({ part, schema, values }: SettingsPart): z.input<typeof row>[] {
	const inForce = masked(values);
	return configTable(schema).map(({ name, type, default: usual, unit, secret, doc }) => {
		const value = inForce.get(name);
		return {
			part,
			name,
			...(value !== undefined && value !== '' && { value }),
			...(usual !== undefined && { default: usual }),
			type,
			...(unit !== undefined && { unit }),
			secret,
			doc,
		};
	});
}

/** The values as the service kit prints them, which masks what is secret. */
function masked(values: object): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	let last = '';
	for (const line of renderConfigText(values).split('\n')) {
		const [, name, value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
		// A value may itself hold lines.
		if (name !== undefined && Object.hasOwn(values, name)) found.set(name, value);
		else found.set(last, `${found.get(last) ?? ''}\n${line}`);
		last = name ?? last;
	}
	return found;
}

/** Operations on settings. */
export const settingOperations = [
	operation({
		method: 'get',
		path: '/admin/v1/config',
		id: 'listSettings',
		tag: 'operation',
		summary: 'Every setting with its value in force; secrets are masked.',
		input: {},
		success: { status: 200, says: 'Settings by part.', json: settingList },
		handle: async ({ settings }) => ({ items: settings.flatMap(rowsOf) }),
	}),
];

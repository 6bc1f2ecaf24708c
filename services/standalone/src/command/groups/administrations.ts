import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import { path } from '../client.ts';
import { action } from '../context.ts';
import { readText } from '../files.ts';
import { fields, table } from '../output.ts';
import { everything } from '../pages.ts';

type Administration = adminApi.AdministrationList['items'][number];

/** Adds `fefaent administrations ...`: public bodies that are notified elsewhere. */
export function administrationCommands(program: Command): void {
	const group = program.command('administrations').description('public bodies that are notified through EACAT and not here');
	group
		.command('list')
		.description('list them')
		.action(
			action(async ({ admin, output }) => {
				const items = await everything<Administration>(admin, '/admin/v1/administrations');
				output.result(items, () =>
					table(
						['CIF', 'name', 'added'],
						items.map((one) => [one.cif, one.name, one.addedAt]),
					),
				);
			}),
		);
	group
		.command('put <cif> [name]')
		.description('add or rename one')
		.action(
			action(async ({ admin, output }, cif: string, name = '') => {
				const put = await admin.send<Administration>('PUT', path`/admin/v1/administrations/${cif}`, { name });
				output.result(put, () => fields({ CIF: put.cif, name: put.name, added: put.addedAt }));
			}),
		);
	group
		.command('remove <cif>')
		.description('take one off the list')
		.action(
			action(async ({ admin, output }, cif: string) => {
				await admin.send('DELETE', path`/admin/v1/administrations/${cif}`);
				output.result({ removed: cif }, () => `removed ${cif}`);
			}),
		);
	group
		.command('import <file>')
		.description('add or rename many: a line each, the CIF, then a comma or tab and the name; all or none')
		.action(
			action(async ({ admin, output }, file: string) => {
				const entries = readText(file)
					.split(/\r?\n/)
					.filter((line) => line.trim() !== '')
					.map((line) => {
						const [, cif = '', name = ''] = /^\s*([^,;\t]+?)\s*(?:[,;\t]\s*(.*?)\s*)?$/.exec(line) ?? [];
						return { cif, name };
					});
				const answer = await admin.send<{ imported: number }>('POST', '/admin/v1/administrations/import', { entries });
				output.result(answer, () => `imported ${answer.imported}`);
			}),
		);
}

import type { adminApi } from '@fefaent/gateway';
import { type Command, Option } from 'commander';
import { path } from '../client.ts';
import { action } from '../context.ts';
import { writeGiven } from '../files.ts';
import { table } from '../output.ts';

/** Adds `fefaent evidence ...`. */
export function evidenceCommands(program: Command): void {
	const group = program.command('evidence').description('sealed evidences');
	group
		.command('list <id>')
		.description('list the evidences of a notification')
		.action(
			action(async ({ admin, output }, id: string) => {
				const { items } = await admin.get<adminApi.EvidenceList>(path`/admin/v1/notifications/${id}/evidences`);
				output.result(items, () =>
					table(
						['reason', 'issued', 'level', 'SHA-256', 'purged'],
						items.map((one) => [one.transition, one.issuedAt, one.level, one.sha256, one.purged]),
					),
				);
			}),
		);
	group
		.command('get <id>')
		.description('save an evidence as it was signed')
		.addOption(
			new Option('--reason <transition>', 'what it proves').choices(['deposit', 'accept', 'reject', 'expire']).makeOptionMandatory(),
		)
		.requiredOption('--out <file>', 'where to; - is standard output')
		.action(
			action(async ({ admin, output }, id: string, { reason, out }: { readonly reason: string; readonly out: string }) => {
				const xml = await admin.file(path`/admin/v1/notifications/${id}/evidences/${reason}`);
				if (out === '-') {
					process.stdout.write(xml);
					return;
				}
				const saved = writeGiven(out, xml);
				output.result({ saved }, () => saved);
			}),
		);
}

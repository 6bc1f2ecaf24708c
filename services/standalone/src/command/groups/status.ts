import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import { action } from '../context.ts';
import { CommandFailure } from '../failure.ts';
import { fields, table } from '../output.ts';

/** Adds `fefaent status` and `fefaent config`. */
export function statusCommands(program: Command): void {
	program
		.command('status')
		.description('whether the installation can do its work, and how far it is behind')
		.action(
			action(async ({ admin, output }) => {
				const status = await admin.get<adminApi.Status>('/admin/v1/status');
				output.result(status, () => show(status));
				if (!status.ready) throw new CommandFailure('the installation is not ready');
			}),
		);
	program
		.command('config')
		.description('every setting with its value in force')
		.action(
			action(async ({ admin, output }) => {
				const { items } = await admin.get<adminApi.SettingList>('/admin/v1/config');
				output.result(items, () =>
					table(
						['part', 'setting', 'value', 'default'],
						items.map((one) => [one.part, one.name, one.value ?? '(unset)', one.default]),
					),
				);
			}),
		);
}

function show({ ready, now, sandbox, publicUrl, checks, bus = [] }: adminApi.Status): string {
	const head = fields({ ready, now, sandbox, 'public faces': publicUrl });
	const checked = table(
		['check', 'well', 'reason'],
		checks.map((one) => [one.name, one.ok, one.reason]),
		'no checks',
	);
	const followed = table(
		['topic', 'followed by', 'behind', 'dead letters'],
		bus.map((one) => [one.topic, one.group, one.pending, one.dead]),
		'nobody follows a topic',
	);
	return [head, checked, followed].join('\n\n');
}

import type { adminApi } from '@fefaent/gateway';
import { type Command, Option } from 'commander';
import { path } from '../client.ts';
import { action, wholeNumber, yesOrNo } from '../context.ts';
import { fields, table } from '../output.ts';
import { everything } from '../pages.ts';

interface Options {
	readonly name?: string;
	readonly enabled?: boolean;
	readonly expiryDays?: number;
	readonly firstNotice?: boolean;
	readonly reminder?: boolean;
	readonly evidenceForm?: string;
}

const url = '/admin/v1/issuers';

/** Adds `fefaent issuer ...`. */
export function issuerCommands(program: Command): void {
	const group = program.command('issuer').description('administrations that notify');
	group
		.command('list')
		.description('list issuers')
		.action(
			action(async ({ admin, output }) => {
				const items = await everything<adminApi.Issuer>(admin, url);
				output.result(items, () =>
					table(
						['code', 'name', 'enabled', 'expiry days', 'form'],
						items.map((one) => [one.code, one.name, one.enabled, one.defaultExpiryDays, one.evidenceForm]),
					),
				);
			}),
		);
	withChoices(group.command('add <code> <name>').description('register an issuer')).action(
		action(async ({ admin, output }, code: string, name: string, options: Options) => {
			const issuer = await admin.send<adminApi.Issuer>('POST', url, { ...change(options), code, name });
			output.result(issuer, () => show(issuer));
		}),
	);
	group
		.command('show <code>')
		.description('show an issuer')
		.action(
			action(async ({ admin, output }, code: string) => {
				const issuer = await admin.get<adminApi.Issuer>(path`/admin/v1/issuers/${code}`);
				output.result(issuer, () => show(issuer));
			}),
		);
	withChoices(group.command('set <code>').description('change an issuer').option('--name <name>', 'its name')).action(
		action(async ({ admin, output }, code: string, options: Options) => {
			const issuer = await admin.send<adminApi.Issuer>('PATCH', path`/admin/v1/issuers/${code}`, change(options));
			output.result(issuer, () => show(issuer));
		}),
	);
}

function withChoices(command: Command): Command {
	return command
		.option('--enabled <yes|no>', 'whether it may notify', yesOrNo)
		.option('--expiry-days <days>', 'days to expiry where a request gives none', wholeNumber)
		.option('--first-notice <yes|no>', 'notice on deposit where a request does not say', yesOrNo)
		.option('--reminder <yes|no>', 'reminder where a request does not say', yesOrNo)
		.addOption(new Option('--evidence-form <form>', 'published form of its evidences').choices(['seed', 'head']));
}

function change({ name, enabled, expiryDays, firstNotice, reminder, evidenceForm }: Options) {
	const notices = { firstNotice, reminder };
	return {
		name,
		enabled,
		defaultExpiryDays: expiryDays,
		evidenceForm,
		...((firstNotice !== undefined || reminder !== undefined) && { noticeDefaults: notices }),
	};
}

function show({ noticeDefaults, ...issuer }: adminApi.Issuer): string {
	return fields({ ...issuer, 'first notice': noticeDefaults.firstNotice, reminder: noticeDefaults.reminder });
}

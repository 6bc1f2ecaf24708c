import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import type { AdminClient } from '../client.ts';
import { action, collect, collectNumbers, isoInstant, wholeNumber } from '../context.ts';
import { CommandFailure } from '../failure.ts';
import type { Output } from '../output.ts';
import { table } from '../output.ts';

interface DeliveryOptions {
	readonly delivery?: readonly string[];
	readonly notification?: readonly number[];
	readonly endpoint?: string;
	readonly all?: true;
	readonly since?: string;
}

interface NoticeOptions {
	readonly notice?: readonly string[];
	readonly notification?: readonly number[];
	readonly all?: true;
	readonly since?: string;
	readonly channel?: string;
	readonly failure?: string;
}

/** Adds `fefaent redrive ...` and `fefaent dead-letters`. */
export function redriveCommands(program: Command): void {
	const group = program.command('redrive').description('try again what was given up');
	group
		.command('deliveries')
		.description('callbacks')
		.option('--delivery <id>', 'this one; repeatable', collect)
		.option('--notification <id>', 'those of this notification; repeatable', collectNumbers)
		.option('--endpoint <id>', 'those of this endpoint')
		.option('--all', 'all of them')
		.option('--since <instant>', 'with --all: those given up since then (2026-11-21, 2026-11-21T08:00:00Z)', isoInstant)
		.action(
			action(async ({ admin, output }, given: DeliveryOptions) => {
				const { delivery, notification, endpoint, all, since } = given;
				const named = checkChoice({ delivery, notification, endpoint }, { all, filters: { since } });
				const body = named ? { deliveryIds: delivery, notificationIds: notification, endpointId: endpoint } : { all: { since } };
				await redrive(admin, output, 'deliveries', body);
			}),
		);
	group
		.command('notices')
		.description('e-mails and text messages')
		.option('--notice <id>', 'this one; repeatable', collect)
		.option('--notification <id>', 'those of this notification; repeatable', collectNumbers)
		.option('--all', 'all of them whose notifications still wait')
		.option('--since <instant>', 'with --all: those given up since then (2026-11-21, 2026-11-21T08:00:00Z)', isoInstant)
		.option('--channel <channel>', 'with --all: email or sms')
		.option('--failure <name>', 'with --all: those whose last failure is this one (CONNECTION_FAILED)')
		.action(
			action(async ({ admin, output }, given: NoticeOptions) => {
				const { notice, notification, all, since, channel, failure } = given;
				const named = checkChoice({ notice, notification }, { all, filters: { since, channel, failure } });
				const body = named ? { noticeIds: notice, notificationIds: notification } : { all: { since, channel, failure } };
				await redrive(admin, output, 'notices', body);
			}),
		);
	group
		.command('dead-letters')
		.description('events that a service gave up on: all, or those that match')
		.option('--group <name>', 'of this group of consumers')
		.option('--topic <name>', 'of this topic')
		.option('--id <id>', 'this one; repeatable', collect)
		.action(
			action(async ({ admin, output }, given: { readonly group?: string; readonly topic?: string; readonly id?: readonly string[] }) =>
				redrive(admin, output, 'dead-letters', { group: given.group, topic: given.topic, ids: given.id }),
			),
		);
	program
		.command('dead-letters')
		.description('list events that a service gave up on')
		.option('--group <name>', 'of this group of consumers')
		.option('--topic <name>', 'of this topic')
		.option('--limit <n>', 'most results', wholeNumber)
		.action(
			action(async ({ admin, output }, filter: { readonly group?: string; readonly topic?: string; readonly limit?: number }) => {
				const { items } = await admin.get<adminApi.DeadLetterList>('/admin/v1/dead-letters', { ...filter });
				output.result(items, () =>
					table(
						['id', 'topic', 'group', 'notification', 'died', 'attempts', 'reason'],
						items.map((one) => [one.id, one.topic, one.group, one.key, one.diedAt, one.attempts, one.reason]),
					),
				);
			}),
		);
}

type Options = Readonly<Record<string, unknown>>;

/**
 * Checks that it is said which, by names or by `--all`.
 * @returns whether by names
 * @throws CommandFailure that names the options to choose from
 */
function checkChoice(names: Options, { all, filters }: { readonly all: boolean | undefined; readonly filters: Options }): boolean {
	const given = (options: Options) => Object.keys(options).filter((name) => options[name] !== undefined);
	const written = (options: readonly string[], word: string) =>
		options
			.map((name) => `--${name}`)
			.join(', ')
			.replace(/, (?=[^,]*$)/, ` ${word} `);
	const named = given(names).length > 0;
	if (named === (all === true)) {
		const choice = `${written(Object.keys(names), 'or')}, or --all`;
		throw new CommandFailure(named ? `--all goes with no names: give either ${choice}` : `say which: ${choice}`, 2);
	}
	if (named && given(filters).length > 0) throw new CommandFailure(`${written(given(filters), 'and')}: only with --all`, 2);
	return named;
}

async function redrive(admin: AdminClient, output: Output, what: string, which: object): Promise<void> {
	let redriven = 0;
	// A long list is taken up in several requests.
	for (let after: string | undefined; ; ) {
		const answer = await admin.send<{ redriven: number; next?: string }>('POST', `/admin/v1/${what}/redrive`, { ...which, after });
		redriven += answer.redriven;
		after = answer.next;
		if (after === undefined) break;
		output.progress(`on their way again so far: ${redriven}`);
	}
	output.result({ redriven }, () => `on their way again: ${redriven}`);
}

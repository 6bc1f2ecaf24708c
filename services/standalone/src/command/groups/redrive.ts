import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import type { AdminClient } from '../client.ts';
import { action, collect, collectNumbers, wholeNumber } from '../context.ts';
import type { Output } from '../output.ts';
import { table } from '../output.ts';

/** Adds `fefaent redrive ...` and `fefaent dead-letters`. */
export function redriveCommands(program: Command): void {
	const group = program.command('redrive').description('try again what was given up');
	group
		.command('deliveries')
		.description('callbacks')
		.option('--delivery <id>', 'this one; repeatable', collect)
		.option('--notification <id>', 'those of this notification; repeatable', collectNumbers)
		.option('--endpoint <id>', 'those of this endpoint')
		.action(
			action(
				async (
					{ admin, output },
					given: { readonly delivery?: readonly string[]; readonly notification?: readonly number[]; readonly endpoint?: string },
				) =>
					redrive(admin, output, 'deliveries', {
						deliveryIds: given.delivery,
						notificationIds: given.notification,
						endpointId: given.endpoint,
					}),
			),
		);
	group
		.command('notices')
		.description('e-mails and text messages')
		.option('--notice <id>', 'this one; repeatable', collect)
		.option('--notification <id>', 'those of this notification; repeatable', collectNumbers)
		.action(
			action(async ({ admin, output }, given: { readonly notice?: readonly string[]; readonly notification?: readonly number[] }) =>
				redrive(admin, output, 'notices', { noticeIds: given.notice, notificationIds: given.notification }),
			),
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

async function redrive(admin: AdminClient, output: Output, what: string, which: object): Promise<void> {
	let redriven = 0;
	// A long list is taken up in several requests.
	for (let after: string | undefined; ; ) {
		const answer = await admin.send<{ redriven: number; next?: string }>('POST', `/admin/v1/${what}/redrive`, { ...which, after });
		redriven += answer.redriven;
		after = answer.next;
		if (after === undefined) break;
	}
	output.result({ redriven }, () => `on their way again: ${redriven}`);
}

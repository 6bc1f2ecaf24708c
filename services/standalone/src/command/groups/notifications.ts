import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import { path } from '../client.ts';
import { action, wholeNumber } from '../context.ts';
import { writeGiven } from '../files.ts';
import { fields, table } from '../output.ts';

interface Filter {
	readonly issuer?: string;
	readonly issuerReference?: string;
	readonly state?: string;
	readonly before?: number;
	readonly limit?: number;
}

/** Adds `fefaent notification ...` and `fefaent log`. */
export function notificationCommands(program: Command): void {
	const group = program.command('notification').description('notifications and what happened to them');
	group
		.command('list')
		.description('find notifications, newest first')
		.option('--issuer <code>', 'only of this issuer')
		.option('--issuer-reference <id>', "with this issuer's own id")
		.option('--state <state>', 'in this state: entered, deposited, accepted, rejected, expired, failed, discarded')
		.option('--before <id>', 'only with smaller ids: the next page', wholeNumber)
		.option('--limit <n>', 'most results, 1 to 100', wholeNumber)
		.action(
			action(async ({ admin, output }, filter: Filter) => {
				const list = await admin.get<adminApi.NotificationList>('/admin/v1/notifications', { ...filter });
				output.result(list, () =>
					table(
						['id', 'issuer', 'state', 'received', 'title'],
						list.items.map((one) => [one.id, one.issuerCode, one.state, one.receivedAt, one.title]),
					),
				);
			}),
		);
	group
		.command('show <id>')
		.description('show a notification, with the personal data in it')
		.action(
			action(async ({ admin, output }, id: string) => {
				const found = await admin.get<adminApi.Notification>(path`/admin/v1/notifications/${id}`);
				output.result(found, () => show(found));
			}),
		);
	group
		.command('timeline <id>')
		.description('everything that happened to it, and what is to happen, in time order')
		.action(
			action(async ({ admin, output }, id: string) => {
				const found = await admin.get<adminApi.Timeline>(path`/admin/v1/notifications/${id}/timeline`);
				output.result(found, () => showTimeline(found));
			}),
		);
	group
		.command('retry <id...>')
		.description('try failed deposits again')
		.action(
			action(async ({ admin, output }, ids: readonly string[]) => {
				const answer = await admin.send<{ retried: number[] }>('POST', '/admin/v1/notifications/retry', { ids: ids.map(wholeNumber) });
				output.result(answer, () => `tried again: ${answer.retried.join(', ') || 'none'}`);
			}),
		);
	group
		.command('export <id>')
		.description('save the zip export that was written when its retention ended')
		.requiredOption('--out <file>', 'where to')
		.action(
			action(async ({ admin, output }, id: string, { out }: { readonly out: string }) => {
				const saved = writeGiven(out, await admin.file(path`/admin/v1/notifications/${id}/export`));
				output.result({ saved }, () => saved);
			}),
		);
	program
		.command('log <id>')
		.description('communication log of a notification: what was told to endpoints, with every attempt')
		.action(
			action(async ({ admin, output }, id: string) => {
				const { items } = await admin.get<adminApi.DeliveryList>(path`/admin/v1/notifications/${id}/deliveries`);
				output.result(items, () => showLog(items));
			}),
		);
}

function show(one: adminApi.Notification): string {
	const head = fields({
		id: one.id,
		IUN: one.iun,
		issuer: one.issuerCode,
		'issuer reference': one.issuerReference,
		kind: one.kind,
		title: one.title,
		reference: one.reference,
		state: one.state,
		failure: one.failure,
		received: one.receivedAt,
		deposited: one.depositedAt,
		practised: one.practisedAt,
		'expires after (days)': one.expiryDays,
		documents: one.documents.map(({ name }) => name).join(', '),
		evidences: one.evidences.map(({ transition }) => transition).join(', '),
	});
	const recipients = one.recipients.map(({ natural, legal, collective, emails, phones }) => [
		natural ? `${natural.givenName} ${natural.firstSurname}` : (legal?.legalName ?? collective?.name),
		(natural ?? legal ?? collective)?.identity?.value,
		emails.join(','),
		phones.join(','),
	]);
	return `${head}\n\n${table(['recipient', 'document', 'e-mail', 'telephone'], recipients)}`;
}

function showTimeline({ events }: adminApi.Timeline): string {
	return table(
		['when', '', 'source', 'event', 'detail'],
		events.map((one) => [one.at, one.upcoming ? '(to come)' : '', one.source, one.event, one.detail ?? one.actor]),
	);
}

function showLog(items: adminApi.DeliveryList['items']): string {
	return table(
		['delivery', 'told', 'stands', 'attempt', 'at', 'ms', 'HTTP', 'failure'],
		items.flatMap((one) =>
			one.attempts.length === 0
				? [[one.id, one.toldState, one.state, '', one.nextAttemptAt]]
				: one.attempts.map((attempt) => [
						one.id,
						one.toldState,
						one.state,
						attempt.number,
						attempt.at,
						attempt.durationMs,
						attempt.httpStatus,
						attempt.failure,
					]),
		),
		'nothing was told to anyone',
	);
}

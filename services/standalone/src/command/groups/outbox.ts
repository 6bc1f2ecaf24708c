import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import { action, wholeNumber } from '../context.ts';

interface Limit {
	readonly limit?: number;
}

/** Adds `fefaent outbox ...`. */
export function outboxCommands(program: Command): void {
	const group = program.command('outbox').description('notices of an installation without mail or SMS provider, newest first');
	group
		.command('mail')
		.description('e-mails')
		.option('--limit <n>', 'most results, 1 to 100', wholeNumber)
		.action(
			action(async ({ admin, output }, { limit }: Limit) => {
				const { items } = await admin.get<adminApi.MailOutbox>('/admin/v1/outbox/mail', { limit });
				output.result(items, () => items.map(showMail).join('\n\n---\n\n') || 'none');
			}),
		);
	group
		.command('sms')
		.description('text messages')
		.option('--limit <n>', 'most results, 1 to 100', wholeNumber)
		.action(
			action(async ({ admin, output }, { limit }: Limit) => {
				const { items } = await admin.get<adminApi.SmsOutbox>('/admin/v1/outbox/sms', { limit });
				output.result(items, () => items.map((one) => `${one.at ?? ''}  ${one.to}\n${printable(one.text)}`).join('\n\n') || 'none');
			}),
		);
}

/** An e-mail as people read one. */
export function showMail({ to, subject, at, text }: adminApi.MailOutbox['items'][number]): string {
	return `Date: ${at ?? ''}\nTo: ${to.join(', ')}\nSubject: ${printable(subject)}\n\n${printable(text)}`;
}

/** Without control characters other than line ends. */
function printable(text: string): string {
	return text.replaceAll(/[^\P{Cc}\n]/gu, '').trim();
}

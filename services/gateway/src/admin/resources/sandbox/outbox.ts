import { z } from 'zod';
import { operation } from '../../http/route.ts';
import { named } from '../../openapi/names.ts';
import { instant, isoAs, limit, textAs } from '../shared/fields.ts';

const tag = 'sandbox';
const query = z.strictObject({ limit: limit(100, 20) });

/** E-mails. */
export const mailOutbox = named(
	'MailOutbox',
	z.object({
		items: z.array(
			z.object({
				noticeId: z.string(),
				to: z.array(z.string()),
				subject: z.string(),
				text: z.string(),
				html: z.string().optional(),
				messageId: z.string(),
				at: instant.optional(),
			}),
		),
	}),
);
/** Text messages. */
export const smsOutbox = named(
	'SmsOutbox',
	z.object({
		items: z.array(z.object({ noticeId: z.string(), to: z.string(), text: z.string(), at: instant.optional() })),
	}),
);

/** Operations on the outboxes that take notices where no provider is configured. */
export const outboxOperations = [
	operation({
		method: 'get',
		path: '/admin/v1/outbox/mail',
		id: 'listMailOutbox',
		tag,
		summary: 'E-mails that went to the embedded outbox, since no SMTP server is configured; newest first.',
		input: { query },
		success: { status: 200, says: 'E-mails.', json: mailOutbox },
		handle: async ({ notifier }, { query }) => ({
			items: (await notifier.listMailOutbox(query)).messages.map(({ noticeId, to, subject, text, html, messageId, at }) => ({
				noticeId,
				to,
				subject,
				text,
				...textAs('html', html),
				messageId,
				...isoAs('at', at),
			})),
		}),
	}),
	operation({
		method: 'get',
		path: '/admin/v1/outbox/sms',
		id: 'listSmsOutbox',
		tag,
		summary: 'Text messages that went to the embedded outbox, since no provider is configured; newest first.',
		input: { query },
		success: { status: 200, says: 'Text messages.', json: smsOutbox },
		handle: async ({ notifier }, { query }) => ({
			items: (await notifier.listSmsOutbox(query)).messages.map(({ noticeId, to, text, at }) => ({
				noticeId,
				to,
				text,
				...isoAs('at', at),
			})),
		}),
	}),
];

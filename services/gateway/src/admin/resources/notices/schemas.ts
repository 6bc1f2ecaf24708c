import { mostNoticesAtOnce, type Notice } from '@fefaent/contracts/notifier';
import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { id, instant, isoAs, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';

/** One e-mail, or the text messages, of one kind to one recipient. */
export const notice = named(
	'Notice',
	z.object({
		id: z.string(),
		notificationId: id,
		recipientIndex: z.int(),
		channel: words.channel.schema.optional(),
		kind: words.noticeKind.schema.optional(),
		state: words.noticeState.schema.optional(),
		attempts: z.int(),
		failure: z.string().optional().describe("The last failure's name."),
		recordedAt: instant.optional(),
		settledAt: instant.optional().describe('When it was sent or given up.'),
		nextAttemptAt: instant.optional(),
		providerReference: z.string().optional(),
	}),
);

/** Notices in the order they were recorded. */
export const noticeList = named('NoticeList', z.object({ items: z.array(notice) }));

/** What failed notices to send again. */
export const redriveNotices = named(
	'RedriveNotices',
	z
		.strictObject({
			noticeIds: z.array(z.string().min(1).max(100)).max(mostNoticesAtOnce).default([]),
			notificationIds: z.array(id).max(mostNoticesAtOnce).default([]).describe('All failed ones of these notifications.'),
			all: z
				.strictObject({
					since: instant.optional().describe('Given up then or later.'),
					channel: words.channel.schema.optional(),
					failure: z.string().min(1).max(100).optional().describe("The last failure's name."),
				})
				.optional()
				.describe('All failed ones that are so, of notifications that still wait; beside no ids.'),
			after: z.string().max(100).optional().describe('With `all`: `next` of the answer before.'),
		})
		.refine(
			({ noticeIds, notificationIds, all }) => noticeIds.length + notificationIds.length > 0 !== (all !== undefined),
			'names none, or some beside all: give noticeIds or notificationIds, or else all',
		)
		.refine(({ all, after }) => after === undefined || all !== undefined, 'after goes with all'),
);

/** How many notices were put back on their way. */
export const redrivenNotices = named(
	'RedrivenNotices',
	z.object({ redriven: z.int(), next: z.string().optional().describe('There may be more: `after` of the next request.') }),
);

/** A notice as the API shows it. */
export function viewNotice(one: Notice): z.input<typeof notice> {
	const channel = words.channel.toWord(one.channel);
	const kind = words.noticeKind.toWord(one.kind);
	const state = words.noticeState.toWord(one.state);
	return {
		id: one.id,
		notificationId: one.notificationId,
		recipientIndex: one.recipientIndex,
		...(channel && { channel }),
		...(kind && { kind }),
		...(state && { state }),
		attempts: one.attempts,
		...textAs('failure', one.failure),
		...isoAs('recordedAt', one.recordedAt),
		...isoAs('settledAt', one.settledAt),
		...isoAs('nextAttemptAt', one.nextAttemptAt),
		...textAs('providerReference', one.providerReference),
	};
}

import type { Notice } from '@fefaent/contracts/notifier';
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

import { Channel, mostNoticesRedriven } from '@fefaent/contracts/notifier';
import { operation } from '../../http/route.ts';
import { textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import { redriveNotices, redrivenNotices } from './schemas.ts';

/** Operations on notices; those of a notification stand with it. */
export const noticeOperations = [
	operation({
		method: 'post',
		path: '/admin/v1/notices/redrive',
		id: 'redriveNotices',
		tag: 'notices',
		summary: `Sends failed notices again; of all, up to ${mostNoticesRedriven} are looked at at once, oldest first.`,
		input: { body: redriveNotices },
		success: { status: 200, says: 'On their way.', json: redrivenNotices },
		handle: async ({ notifier }, { body: { noticeIds, notificationIds, all, after } }) => {
			const { redriven, nextAfterId } = await notifier.redriveNotices({
				noticeIds,
				notificationIds,
				...(all && {
					all: {
						...(all.since !== undefined && { since: new Date(all.since) }),
						channel: all.channel ? words.channel.toCore(all.channel) : Channel.UNSPECIFIED,
						failure: all.failure ?? '',
					},
				}),
				...textAs('afterId', after),
			});
			return { redriven, ...textAs('next', nextAfterId) };
		},
	}),
];

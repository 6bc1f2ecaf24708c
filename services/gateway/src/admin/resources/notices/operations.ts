import { operation } from '../../http/route.ts';
import { redriveNotices, redriven } from '../deliveries/schemas.ts';

/** Operations on notices; those of a notification stand with it. */
export const noticeOperations = [
	operation({
		method: 'post',
		path: '/admin/v1/notices/redrive',
		id: 'redriveNotices',
		tag: 'notices',
		summary: 'Sends failed notices again.',
		input: { body: redriveNotices },
		success: { status: 200, says: 'On their way.', json: redriven },
		handle: async ({ notifier }, { body }) => notifier.redriveNotices(body),
	}),
];

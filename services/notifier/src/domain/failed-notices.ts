import { Channel, type FailedNotices, NoticeState } from '@fefaent/contracts/notifier';
import type { NoticeRecord } from './notice.ts';

/** Whether a notice failed, and meets every condition. @param until only when it was given up by then */
export function isAmong({ since, channel, failure }: FailedNotices, record: NoticeRecord, until: Date): boolean {
	const { state, settledAt } = record;
	if (state !== NoticeState.FAILED || settledAt === undefined || settledAt > until) return false;
	return (
		(since === undefined || settledAt >= since) &&
		(channel === Channel.UNSPECIFIED || channel === record.channel) &&
		(failure === '' || failure === record.document.failure)
	);
}

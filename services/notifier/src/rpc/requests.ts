import { mostNoticesAtOnce, type RedriveNoticesRequest } from '@fefaent/contracts/notifier';
import { notifierError } from '../errors.ts';
import type { NoticeSelection } from '../store/port.ts';

/** @throws `BATCH_SIZE` unless 1 to 100 */
export function checkedLimit(limit: number): number {
	if (!Number.isInteger(limit) || limit < 1 || limit > mostNoticesAtOnce)
		throw notifierError('BATCH_SIZE', { max: String(mostNoticesAtOnce) });
	return limit;
}

/** @throws `BATCH_SIZE`, `ITEM_INVALID` for what cannot be an id */
export function checkedIds(ids: readonly number[]): readonly number[] {
	checkedLimit(ids.length);
	if (!ids.every(Number.isSafeInteger)) throw notifierError('ITEM_INVALID', { field: 'notification_ids' });
	return ids;
}

/** The notices that a redrive names: by their own ids, and by their notifications'. @throws `BATCH_SIZE`, `ITEM_INVALID` */
export function namedIn({ noticeIds, notificationIds }: RedriveNoticesRequest): readonly NoticeSelection[] {
	if (noticeIds.length === 0) return [{ notificationIds: checkedIds(notificationIds) }];
	checkedLimit(noticeIds.length);
	const byIds = { ids: noticeIds };
	return notificationIds.length === 0 ? [byIds] : [byIds, { notificationIds: checkedIds(notificationIds) }];
}

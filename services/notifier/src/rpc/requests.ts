import type { RedriveNoticesRequest } from '@fefaent/contracts/notifier';
import { notifierError } from '../errors.ts';
import type { NoticeSelection } from '../store/port.ts';

/** Most items of a batch. */
const maxBatch = 100;

/** @throws `BATCH_SIZE` unless 1 to 100 */
export function checkedLimit(limit: number): number {
	if (!Number.isInteger(limit) || limit < 1 || limit > maxBatch) throw notifierError('BATCH_SIZE', { max: String(maxBatch) });
	return limit;
}

/** @throws `BATCH_SIZE`, `ITEM_INVALID` for what cannot be an id */
export function checkedIds(ids: readonly number[]): readonly number[] {
	checkedLimit(ids.length);
	if (!ids.every(Number.isSafeInteger)) throw notifierError('ITEM_INVALID', { field: 'notification_ids' });
	return ids;
}

/** The notices that a redrive names: by their own ids, else by their notifications'. @throws `BATCH_SIZE`, `ITEM_INVALID` */
export function selectionOf({ noticeIds, notificationIds }: RedriveNoticesRequest): NoticeSelection {
	if (noticeIds.length === 0) return { notificationIds: checkedIds(notificationIds) };
	checkedLimit(noticeIds.length);
	return { ids: noticeIds };
}

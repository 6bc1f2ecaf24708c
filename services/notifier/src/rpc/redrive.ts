import { setImmediate } from 'node:timers/promises';
import { NotificationView } from '@fefaent/contracts/notification';
import {
	type FailedNotices,
	mostNoticesAtOnce,
	mostNoticesRedriven,
	type RedriveNoticesRequest,
	type RedriveNoticesResponse,
} from '@fefaent/contracts/notifier';
import { isOver } from '../domain/events.ts';
import { isAmong } from '../domain/failed-notices.ts';
import { isFailureName } from '../domain/failures.ts';
import { type NoticeRecord, redriven } from '../domain/notice.ts';
import { notifierError } from '../errors.ts';
import type { OperationDeps } from '../operations/deps.ts';
import { namedIn } from './requests.ts';

type RedriveDeps = Pick<OperationDeps, 'store' | 'clock' | 'notifications'>;

/** Sends failed notices again: those named, or all. @throws `BATCH_SIZE`, `ITEM_INVALID` */
export async function redriveNotices(request: RedriveNoticesRequest, deps: RedriveDeps): Promise<RedriveNoticesResponse> {
	const { noticeIds, notificationIds, all, afterId } = request;
	if (all !== undefined) {
		if (noticeIds.length + notificationIds.length > 0) throw notifierError('ITEM_INVALID', { field: 'choice of all beside ids' });
		if (all.failure !== '' && !isFailureName(all.failure)) throw notifierError('ITEM_INVALID', { field: 'name of a failure' });
		return redriveAll(all, afterId ?? '', deps);
	}
	if (afterId !== undefined) throw notifierError('ITEM_INVALID', { field: 'position without all' });
	const now = deps.clock.now();
	let count = 0;
	// One that is named twice is sent again once: it is no failed one any more.
	for (const which of namedIn(request)) count += await deps.store.notices.changeMany(which, (current) => redriven(current, now));
	return { redriven: count };
}

/**
 * Goes once through the failed notices in the order of their ids. Those that nobody needs any more are left alone: who asks for all has not looked at each.
 */
async function redriveAll(all: FailedNotices, afterId: string, deps: RedriveDeps): Promise<RedriveNoticesResponse> {
	const { notices } = deps.store;
	// One instant for all: what fails again while this runs is not taken up again.
	const now = deps.clock.now();
	let count = 0;
	let position = afterId;
	for (let seen = 0; seen < mostNoticesRedriven; seen += mostNoticesAtOnce) {
		const page = await notices.failed(position, mostNoticesAtOnce);
		const ids = await needed(
			page.filter((one) => isAmong(all, one, now)),
			deps,
		);
		if (ids.length > 0) count += await notices.changeMany({ ids }, (current) => redriven(current, now));
		const last = page.at(-1);
		if (last === undefined || page.length < mostNoticesAtOnce) return { redriven: count };
		position = last.id;
		// Others get their turn between two writes.
		await setImmediate();
	}
	return { redriven: count, nextAfterId: position };
}

/** Ids of the notices whose notifications still wait for a decision. */
async function needed(records: readonly NoticeRecord[], { notifications }: RedriveDeps): Promise<readonly string[]> {
	if (records.length === 0) return [];
	const ids = [...new Set(records.map((one) => one.notificationId))];
	const { results } = await notifications.get({ ids, view: NotificationView.SUMMARY });
	const waiting = new Set(results.flatMap(({ id, notification }) => (notification && !isOver(notification.state) ? [id] : [])));
	return records.filter((one) => waiting.has(one.notificationId)).map((one) => one.id);
}

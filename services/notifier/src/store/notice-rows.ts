import {
	channelFromJSON,
	channelToNumber,
	NoticeDocument,
	NoticeState,
	noticeKindFromJSON,
	noticeKindToNumber,
	noticeStateFromJSON,
	noticeStateToNumber,
} from '@fefaent/contracts/notifier';
import type { SqlValue } from '@fefaent/store-kit';
import type { NoticeRecord } from '../domain/notice.ts';

/** The number that stands for PENDING in rows, as the index of due notices has it. */
export const pending = noticeStateToNumber(NoticeState.PENDING);

/** The number that stands for FAILED in rows, as the index of failed notices has it. */
export const failed = noticeStateToNumber(NoticeState.FAILED);

/** A row of `notices`, by column name. */
export interface NoticeRow {
	id: string;
	notification_id: number;
	recipient_index: number;
	channel: number;
	kind: number;
	state: number;
	attempts: number;
	recorded_at: number;
	due_at: number;
	settled_at: number | null;
	document: Uint8Array;
}

/** The columns of a {@link NoticeRow}. */
export const noticeColumns =
	'id, notification_id, recipient_index, channel, kind, state, attempts, recorded_at, due_at, settled_at, document';

/** A row as the domain knows it. */
export function recordOf(row: NoticeRow): NoticeRecord {
	return {
		id: row.id,
		notificationId: row.notification_id,
		recipientIndex: row.recipient_index,
		channel: channelFromJSON(row.channel),
		kind: noticeKindFromJSON(row.kind),
		state: noticeStateFromJSON(row.state),
		attempts: row.attempts,
		recordedAt: new Date(row.recorded_at),
		dueAt: new Date(row.due_at),
		settledAt: row.settled_at === null ? undefined : new Date(row.settled_at),
		document: NoticeDocument.decode(row.document),
	};
}

/** The values of {@link noticeColumns}. */
export function valuesOf(record: NoticeRecord): readonly SqlValue[] {
	return [
		record.id,
		record.notificationId,
		record.recipientIndex,
		channelToNumber(record.channel),
		noticeKindToNumber(record.kind),
		noticeStateToNumber(record.state),
		record.attempts,
		record.recordedAt.getTime(),
		record.dueAt.getTime(),
		record.settledAt?.getTime() ?? null,
		NoticeDocument.encode(record.document).finish(),
	];
}

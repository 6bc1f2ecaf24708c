import {
	Channel,
	channelToNumber,
	NoticeDocument,
	noticeKindFromJSON,
	noticeKindToNumber,
	noticeStateFromJSON,
	noticeStateToNumber,
} from '@fefaent/contracts/notifier';
import { bytes } from '@fefaent/store-kit/mongo';
import type { NoticeRecord } from '../../domain/notice.ts';
import type { NoticeFields, NotificationFields } from './schema.ts';

/** The field that holds the notices of a channel. */
export type ChannelName = 'email' | 'sms';

/** Both of them. */
export const channelNames: readonly ChannelName[] = ['email', 'sms'];

const channels = { email: Channel.EMAIL, sms: Channel.SMS } as const;

/** @throws Error for a channel that nothing is sent by */
export function channelName(channel: Channel): ChannelName {
	const name = channelNames.find((one) => channels[one] === channel);
	if (name === undefined) throw new Error('notices are of a channel');
	return name;
}

/** A document, or of it what was asked for: the channels that are there. */
export type ReadFields = Pick<NotificationFields, '_id'> & Partial<NotificationFields>;

/** A notice as the domain knows it. */
export function recordOf(notificationId: number, channel: ChannelName, fields: NoticeFields): NoticeRecord {
	const { id, recipientIndex, kind, state, attempts, recordedAt, dueAt, settledAt, document } = fields;
	return {
		id,
		notificationId,
		recipientIndex,
		channel: channels[channel],
		kind: noticeKindFromJSON(kind),
		state: noticeStateFromJSON(state),
		attempts,
		recordedAt,
		dueAt,
		settledAt,
		document: NoticeDocument.decode(bytes(document)),
	};
}

/** A notice as it is stored, without a lease. */
export function fieldsOf(record: NoticeRecord): NoticeFields {
	const { id, recipientIndex, kind, state, attempts, recordedAt, dueAt, settledAt, document } = record;
	return {
		id,
		recipientIndex,
		kind: noticeKindToNumber(kind),
		state: noticeStateToNumber(state),
		attempts,
		recordedAt,
		dueAt,
		...(settledAt && { settledAt }),
		document: Buffer.from(NoticeDocument.encode(document).finish()),
		freeAt: 0,
	};
}

/** The notices of documents, in the order in which they were recorded. */
export function recordsOf(documents: readonly ReadFields[]): readonly NoticeRecord[] {
	return documents
		.flatMap((one) => channelNames.flatMap((channel) => (one[channel]?.notices ?? []).map((fields) => recordOf(one._id, channel, fields))))
		.sort(
			(one, other) =>
				one.recordedAt.getTime() - other.recordedAt.getTime() ||
				one.notificationId - other.notificationId ||
				noticeKindToNumber(one.kind) - noticeKindToNumber(other.kind) ||
				one.recipientIndex - other.recipientIndex ||
				channelToNumber(one.channel) - channelToNumber(other.channel),
		);
}

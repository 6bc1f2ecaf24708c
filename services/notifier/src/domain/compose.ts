import type { Recipient } from '@fefaent/contracts/common';
import type { Notification } from '@fefaent/contracts/notification';
import { AddressState, Channel, type NoticeContent, type NoticeKind, NoticeState, type Template } from '@fefaent/contracts/notifier';
import { uuidv7 } from '@fefaent/kernel';
import { mailboxesOf, telephonesOf } from './addresses.ts';
import { isOver } from './events.ts';
import { languageOf, type WrittenLanguage } from './language.ts';
import type { NoticeRecord } from './notice.ts';

/** A notice that is to be recorded, before it is rendered. */
export interface PlannedNotice {
	readonly notification: Notification;
	readonly recipientIndex: number;
	readonly channel: Channel;
	readonly kind: NoticeKind;
	readonly language: WrittenLanguage;
	readonly addresses: readonly string[];
}

/** What a notice is sent for. */
export interface NoticeCause {
	/** When it happened. */
	readonly at: Date | undefined;
	/** The trace that it belongs to. */
	readonly traceparent: string | undefined;
}

/** The notices that a notification's recipients get: one by e-mail for who has a mailbox, one by SMS for who has a telephone. */
export function planNotices(notification: Notification, kind: NoticeKind): readonly PlannedNotice[] {
	return (notification.draft?.recipients ?? []).flatMap((recipient, recipientIndex) =>
		([Channel.EMAIL, Channel.SMS] as const).flatMap((channel) => {
			const addresses = addressesOf(recipient, channel);
			if (addresses.length === 0) return [];
			const language = languageOf(recipient.language, notification.draft?.language);
			return [{ notification, recipientIndex, channel, kind, language, addresses }];
		}),
	);
}

function addressesOf(recipient: Recipient, channel: Channel): readonly string[] {
	return channel === Channel.EMAIL ? mailboxesOf(recipient.emails) : telephonesOf(recipient.phones);
}

/**
 * The record of a planned notice. A notification that is over by now needs no notice: it is recorded as dropped, so that what is on record does not
 * depend on how fast events are followed.
 */
export function recordNotice(planned: PlannedNotice, content: NoticeContent, now: Date, cause: NoticeCause): NoticeRecord {
	const over = isOver(planned.notification.state);
	return {
		id: uuidv7(now),
		notificationId: planned.notification.id,
		recipientIndex: planned.recipientIndex,
		channel: planned.channel,
		kind: planned.kind,
		state: over ? NoticeState.DROPPED : NoticeState.PENDING,
		attempts: 0,
		recordedAt: now,
		dueAt: now,
		settledAt: over ? now : undefined,
		document: {
			addresses: planned.addresses.map((address) => ({ address, state: AddressState.PENDING, failure: '', providerReference: '' })),
			content,
			failure: '',
			traceparent: cause.traceparent ?? '',
			issuerCode: planned.notification.draft?.issuer?.code ?? '',
			toldAt: cause.at,
		},
	};
}

/** A rendered template as a notice keeps it. */
export function contentOf(template: Template, rendered: Omit<NoticeContent, 'language'>): NoticeContent {
	return { language: template.language, ...rendered };
}

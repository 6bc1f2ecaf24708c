import { Language } from '@fefaent/contracts/common';
import { AddressState, Channel, NoticeKind, NoticeState } from '@fefaent/contracts/notifier';
import { uuidv7 } from '@fefaent/kernel';
import type { NoticeRecord, RetryRule } from '../../domain/notice.ts';
import type { EventEffect } from '../../store/port.ts';

/** When everything in the suites of stores begins. */
export const start = new Date('2026-03-01T10:00:00Z');

/** Three tries, a minute and more apart. */
export const rule: RetryRule = { attempts: 3, backoff: { firstMs: 60_000, factor: 4, maxMs: 3_600_000, jitter: 0 }, random: () => 0.5 };

/** An e-mail about a notification that is due at the start. */
export function notice(notificationId: number, over: Partial<NoticeRecord> = {}): NoticeRecord {
	return {
		id: uuidv7(new Date()),
		notificationId,
		recipientIndex: 0,
		channel: Channel.EMAIL,
		kind: NoticeKind.FIRST,
		state: NoticeState.PENDING,
		attempts: 0,
		recordedAt: start,
		dueAt: start,
		settledAt: undefined,
		document: {
			addresses: [{ address: 'a@example.org', state: AddressState.PENDING, failure: '', providerReference: '' }],
			content: { language: Language.CA, subject: 's', text: 't', html: '<p>h</p>' },
			failure: '',
			traceparent: '',
			issuerCode: 'A',
		},
		...over,
	};
}

/** What an event that asks for notices of one notification does. */
export function recordEffect(notices: readonly NoticeRecord[], eventId = uuidv7(new Date())): EventEffect {
	return { kind: 'record', eventId, notificationId: notices[0]?.notificationId ?? 0, notices };
}

/** What the end of a notification does. @param at default: the start */
export function dropEffect(notificationId: number, at = start): EventEffect {
	return { kind: 'drop', eventId: uuidv7(new Date()), notificationId, at };
}

/** What the purge of a notification does. */
export function purgeEffect(notificationId: number): EventEffect {
	return { kind: 'purge', eventId: uuidv7(new Date()), notificationId };
}

import { crashpoint } from '@fefaent/kernel';
import type { MailSender } from '../channels/mail/port.ts';
import type { SmsSender } from '../channels/sms/port.ts';
import { isUsableMailbox, isUsableTelephone } from '../domain/addresses.ts';
import { type AttemptOutcomes, type NoticeRecord, pendingAddresses } from '../domain/notice.ts';
import { type AddressOutcome, failed, postponed } from '../domain/outcome.ts';

/** Tries a notice at each address that is still to be tried, and ends when the deadline is aborted. */
export type Attempt = (record: NoticeRecord, deadline: AbortSignal) => Promise<AttemptOutcomes>;

/** One e-mail to all mailboxes that are left; those that could break the conversation are not handed over. */
export function mailAttempt(sender: MailSender): Attempt {
	return async (record, deadline) => {
		const outcomes = new Map<number, AddressOutcome>();
		const usable = pendingAddresses(record).filter(({ index, address }) => {
			const good = isUsableMailbox(address);
			if (!good) outcomes.set(index, failed('MAILBOX_INVALID'));
			return good;
		});
		const { content, addresses } = record.document;
		if (usable.length === 0 || content === undefined) return outcomes;
		const recipients = addresses.map(({ address }) => address).filter(isUsableMailbox);
		await crashpoint('notifier.mail.before-send');
		const { id: noticeId, notificationId } = record;
		const results = await sender.send(
			{ noticeId, notificationId, recipients, to: usable.map(({ address }) => address), content },
			deadline,
		);
		await crashpoint('notifier.mail.after-send');
		for (const [position, { index }] of usable.entries()) outcomes.set(index, results[position] ?? failed('UNKNOWN'));
		return outcomes;
	};
}

/** One SMS to each telephone that is left, one after the other. */
export function smsAttempt(sender: SmsSender): Attempt {
	return async (record, deadline) => {
		const outcomes = new Map<number, AddressOutcome>();
		const { id, notificationId, document } = record;
		for (const { index, address } of pendingAddresses(record)) {
			if (!isUsableTelephone(address)) {
				outcomes.set(index, failed('NUMBER_INVALID'));
				continue;
			}
			// The time went on the telephones before: this one has its turn at the next try.
			if (deadline.aborted) {
				outcomes.set(index, postponed);
				continue;
			}
			await crashpoint('notifier.sms.before-send');
			const sms = { noticeId: id, notificationId, addressIndex: index, reference: `${id}-${index}`, to: address };
			outcomes.set(index, await sender.send({ ...sms, text: document.content?.text ?? '' }, deadline));
			await crashpoint('notifier.sms.after-send');
		}
		return outcomes;
	};
}

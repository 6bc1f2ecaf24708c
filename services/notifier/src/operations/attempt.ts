import { crashpoint } from '@fefaent/kernel';
import type { MailSender } from '../channels/mail/port.ts';
import type { SmsSender } from '../channels/sms/port.ts';
import { isUsableMailbox, isUsableTelephone } from '../domain/addresses.ts';
import { type AttemptOutcomes, type NoticeRecord, pendingAddresses } from '../domain/notice.ts';
import { type AddressOutcome, failed } from '../domain/outcome.ts';

/** Tries a notice at each address that is still to be tried. */
export type Attempt = (record: NoticeRecord) => Promise<AttemptOutcomes>;

/** One e-mail to all mailboxes that are left; those that could break the conversation are not handed over. */
export function mailAttempt(sender: MailSender): Attempt {
	return async (record) => {
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
		const results = await sender.send({
			noticeId: record.id,
			notificationId: record.notificationId,
			recipients,
			to: usable.map(({ address }) => address),
			content,
		});
		await crashpoint('notifier.mail.after-send');
		for (const [position, { index }] of usable.entries()) outcomes.set(index, results[position] ?? failed('UNKNOWN'));
		return outcomes;
	};
}

/** One SMS to each telephone that is left, one after the other. */
export function smsAttempt(sender: SmsSender): Attempt {
	return async (record) => {
		const outcomes = new Map<number, AddressOutcome>();
		const { id, notificationId, document } = record;
		for (const { index, address } of pendingAddresses(record)) {
			if (!isUsableTelephone(address)) {
				outcomes.set(index, failed('NUMBER_INVALID'));
				continue;
			}
			await crashpoint('notifier.sms.before-send');
			const sms = { noticeId: id, notificationId, addressIndex: index, reference: `${id}-${index}`, to: address };
			outcomes.set(index, await sender.send({ ...sms, text: document.content?.text ?? '' }));
			await crashpoint('notifier.sms.after-send');
		}
		return outcomes;
	};
}

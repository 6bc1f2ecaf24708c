import { Batcher, type Clock } from '@fefaent/kernel';
import type { AddressOutcome } from '../../domain/outcome.ts';
import type { MessageStore, StoredMail } from '../../store/port.ts';
import type { MailSender, OutgoingMail } from './port.ts';

/** Keeps e-mails in the notifier's own store, for an operator to look at: used where there is no SMTP server. */
export class OutboxMailSender implements MailSender {
	readonly name = 'embedded';
	readonly concurrency = 200;
	readonly #clock: Clock;
	readonly #domain: string;
	readonly #batcher: Batcher<StoredMail, undefined>;

	constructor(store: MessageStore, clock: Clock, messageIdDomain: string) {
		this.#clock = clock;
		this.#domain = messageIdDomain;
		this.#batcher = new Batcher(async (mails) => {
			await store.putMails(mails);
			return mails.map(() => undefined);
		});
	}

	async send({ noticeId, notificationId, recipients, to, content }: OutgoingMail): Promise<readonly AddressOutcome[]> {
		const { subject, text, html } = content;
		const messageId = `<${noticeId}@${this.#domain}>`;
		await this.#batcher.add({ noticeId, notificationId, to: [...recipients], subject, text, html, messageId, at: this.#clock.now() });
		return to.map(() => ({ kind: 'accepted', reference: '' }));
	}

	async close(): Promise<void> {}
}

import type { NoticeContent } from '@fefaent/contracts/notifier';
import type { AddressOutcome } from '../../domain/outcome.ts';

/** An e-mail of a notice, the same at every attempt. */
export interface OutgoingMail {
	/** The notice's id: the stable part of the Message-ID. */
	readonly noticeId: string;
	readonly notificationId: number;
	/** Every mailbox of the recipient: what the To header says. */
	readonly recipients: readonly string[];
	/** The mailboxes to hand it over for now: those that no provider took it for yet. */
	readonly to: readonly string[];
	readonly content: NoticeContent;
}

/** Hands e-mails to whoever delivers them. */
export interface MailSender {
	/** Names it in logs and metrics. */
	readonly name: string;
	/** Most e-mails worth having under way at once. */
	readonly concurrency: number;
	/**
	 * Hands over one e-mail. Answers one outcome for each mailbox of `to`, in order; a provider's failure is an outcome and not a rejection.
	 * @param deadline once aborted, what is under way is broken off, and the answer comes at once
	 */
	send(mail: OutgoingMail, deadline: AbortSignal): Promise<readonly AddressOutcome[]>;
	/** Finishes what is under way and lets go of connections. */
	close(): Promise<void>;
}

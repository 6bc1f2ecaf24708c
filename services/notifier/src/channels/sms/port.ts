import type { AddressOutcome } from '../../domain/outcome.ts';

/** An SMS to one telephone, the same at every attempt. */
export interface OutgoingSms {
	readonly noticeId: string;
	readonly notificationId: number;
	/** Which telephone of the recipient, from 0. */
	readonly addressIndex: number;
	/** Stable name of this message: the notice's id and the telephone's index. */
	readonly reference: string;
	/** E.164. */
	readonly to: string;
	readonly text: string;
}

/** Hands SMS to whoever delivers them. */
export interface SmsSender {
	/** Names it in logs and metrics. */
	readonly name: string;
	/** Most SMS worth having under way at once. */
	readonly concurrency: number;
	/**
	 * Hands over one SMS. A provider's failure is an outcome and not a rejection.
	 * @param deadline once aborted, what is under way is broken off, and the answer comes at once
	 */
	send(sms: OutgoingSms, deadline: AbortSignal): Promise<AddressOutcome>;
	/** Finishes what is under way and lets go of connections. */
	close(): Promise<void>;
}

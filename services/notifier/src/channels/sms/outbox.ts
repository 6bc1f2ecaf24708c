import { Batcher, type Clock } from '@fefaent/kernel';
import type { AddressOutcome } from '../../domain/outcome.ts';
import type { MessageStore, StoredSms } from '../../store/port.ts';
import type { OutgoingSms, SmsSender } from './port.ts';

/** Keeps SMS in the notifier's own store, for an operator to look at: used where there is no provider. */
export class OutboxSmsSender implements SmsSender {
	readonly name = 'embedded';
	readonly concurrency = 200;
	readonly #clock: Clock;
	readonly #batcher: Batcher<StoredSms, undefined>;

	constructor(store: MessageStore, clock: Clock) {
		this.#clock = clock;
		this.#batcher = new Batcher(async (messages) => {
			await store.putSms(messages);
			return messages.map(() => undefined);
		});
	}

	async send({ noticeId, notificationId, reference, to, text }: OutgoingSms): Promise<AddressOutcome> {
		await this.#batcher.add({ noticeId, notificationId, reference, to, text, at: this.#clock.now() });
		return { kind: 'accepted', reference: '' };
	}

	async close(): Promise<void> {}
}

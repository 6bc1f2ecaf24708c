import { MailMessage, SmsMessage } from '@fefaent/contracts/notifier';
import { crashpoint } from '@fefaent/kernel';
import { bytes, type MongoDatabase, unordered } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { MessageStore, StoredMail, StoredSms } from '../port.ts';
import { type CounterFields, counterPaths, countersCollection, type MessageFields, messageCollections, messagePaths } from './schema.ts';

/** Messages kept of each channel: an outbox that nobody empties must end somewhere. */
const kept = 10_000;

/** How many may be there beyond them until they are removed: looking each time would cost a write each time. */
const spare = 100;

type Message = Omit<MessageFields, 'seq'>;

/** The embedded outboxes in MongoDB. */
export class MongoMessages implements MessageStore {
	readonly #db: MongoDatabase;
	readonly #counters: Model<CounterFields>;
	readonly #mails: Model<MessageFields>;
	readonly #sms: Model<MessageFields>;

	constructor(db: MongoDatabase) {
		this.#db = db;
		this.#counters = db.model(countersCollection, counterPaths);
		this.#mails = db.model(messageCollections.mails, messagePaths);
		this.#sms = db.model(messageCollections.sms, messagePaths);
	}

	async putMails(mails: readonly StoredMail[]): Promise<void> {
		await crashpoint('notifier.mail-outbox.before-put');
		await this.#put(
			this.#mails,
			mails.map((one) => message(one.noticeId, one.notificationId, MailMessage.encode(one).finish())),
		);
		await crashpoint('notifier.mail-outbox.after-put');
	}

	async putSms(messages: readonly StoredSms[]): Promise<void> {
		await crashpoint('notifier.sms-outbox.before-put');
		await this.#put(
			this.#sms,
			messages.map((one) => message(one.reference, one.notificationId, SmsMessage.encode(one).finish())),
		);
		await crashpoint('notifier.sms-outbox.after-put');
	}

	async listMails(limit: number): Promise<readonly MailMessage[]> {
		return (await this.#newest(this.#mails, limit)).map((one) => MailMessage.decode(one));
	}

	async listSms(limit: number): Promise<readonly SmsMessage[]> {
		return (await this.#newest(this.#sms, limit)).map((one) => SmsMessage.decode(one));
	}

	/** Removes the messages of notifications. Repeating it does no harm. */
	async forget(notificationIds: readonly number[]): Promise<void> {
		if (notificationIds.length === 0) return;
		const those = { notificationId: { $in: [...notificationIds] } };
		await this.#db.run(() => Promise.all([this.#mails.deleteMany(those), this.#sms.deleteMany(those)]));
	}

	async #put(model: Model<MessageFields>, messages: readonly Message[]): Promise<void> {
		if (messages.length === 0) return;
		const latest = [...new Map(messages.map((one) => [one._id, one])).values()];
		await this.#db.run(async () => {
			const last = await this.#numbers(model.collection.collectionName, latest.length);
			const writes = latest.map(({ _id, ...fields }, place) => ({
				// One that is there keeps its place.
				updateOne: {
					filter: { _id },
					update: { $set: fields, $setOnInsert: { seq: last - latest.length + 1 + place } },
					upsert: true,
				},
			}));
			await model.bulkWrite(writes as never, unordered);
			const trimming = Math.floor(last / spare) > Math.floor((last - latest.length) / spare);
			if (trimming && last > kept) await model.deleteMany({ seq: { $lte: last - kept } });
		});
	}

	/** Takes the next numbers, for this replica alone. @returns the last of them */
	async #numbers(_id: string, count: number): Promise<number> {
		const counter = await this.#counters.findOneAndUpdate({ _id }, { $inc: { last: count } }, { returnDocument: 'after' }).lean();
		if (!counter) throw new Error('a counter of messages is missing');
		return counter.last;
	}

	#newest(model: Model<MessageFields>, limit: number): Promise<readonly Uint8Array[]> {
		return this.#db.run(async () => {
			const found = await model
				.find({ seq: { $gt: 0 } }, { document: 1 })
				.sort({ seq: -1 })
				.limit(limit)
				.lean();
			return found.map(({ document }) => bytes(document));
		});
	}
}

function message(_id: string, notificationId: number, document: Uint8Array): Message {
	return { _id, notificationId, document: Buffer.from(document) };
}

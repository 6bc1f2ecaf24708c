import { MailMessage, SmsMessage } from '@fefaent/contracts/notifier';
import { crashpoint } from '@fefaent/kernel';
import type { Database, Tx } from '@fefaent/store-kit';
import type { MessageStore, StoredMail, StoredSms } from './port.ts';

/** Messages kept of each channel: an outbox that nobody empties must end somewhere. */
const kept = 10_000;

/** The embedded outboxes in SQLite. */
export class SqliteMessages implements MessageStore {
	readonly #db: Database;

	constructor(db: Database) {
		this.#db = db;
	}

	async putMails(mails: readonly StoredMail[]): Promise<void> {
		const sql = `INSERT INTO mail_outbox (notice_id, notification_id, document) VALUES (?, ?, ?)
			ON CONFLICT (notice_id) DO UPDATE SET document = excluded.document`;
		await crashpoint('notifier.mail-outbox.before-put');
		await this.#db.write((tx) => {
			for (const mail of mails) tx.run(sql, mail.noticeId, mail.notificationId, MailMessage.encode(mail).finish());
			trim(tx, 'mail_outbox');
		});
		await crashpoint('notifier.mail-outbox.after-put');
	}

	async putSms(messages: readonly StoredSms[]): Promise<void> {
		const sql = `INSERT INTO sms_outbox (reference, notification_id, document) VALUES (?, ?, ?)
			ON CONFLICT (reference) DO UPDATE SET document = excluded.document`;
		await crashpoint('notifier.sms-outbox.before-put');
		await this.#db.write((tx) => {
			for (const message of messages) tx.run(sql, message.reference, message.notificationId, SmsMessage.encode(message).finish());
			trim(tx, 'sms_outbox');
		});
		await crashpoint('notifier.sms-outbox.after-put');
	}

	async listMails(limit: number): Promise<readonly MailMessage[]> {
		return newest(this.#db, 'mail_outbox', limit).map((one) => MailMessage.decode(one));
	}

	async listSms(limit: number): Promise<readonly SmsMessage[]> {
		return newest(this.#db, 'sms_outbox', limit).map((one) => SmsMessage.decode(one));
	}
}

type Table = 'mail_outbox' | 'sms_outbox';

function trim(tx: Tx, table: Table): void {
	tx.run(`DELETE FROM ${table} WHERE seq <= (SELECT max(seq) FROM ${table}) - ?`, kept);
}

function newest(db: Database, table: Table, limit: number): readonly Uint8Array[] {
	return db.all<{ document: Uint8Array }>(`SELECT document FROM ${table} ORDER BY seq DESC LIMIT ?`, limit).map((row) => row.document);
}

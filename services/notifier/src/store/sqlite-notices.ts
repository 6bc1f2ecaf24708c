import { type Channel, channelToNumber, noticeStateToNumber } from '@fefaent/contracts/notifier';
import { crashpoint } from '@fefaent/kernel';
import { type Database, type Reader, SqliteInbox, type Tx } from '@fefaent/store-kit';
import { afterDrop, type NoticeRecord } from '../domain/notice.ts';
import { failed, type NoticeRow, noticeColumns, pending, recordOf, valuesOf } from './notice-rows.ts';
import type { ClaimedNotice, ClaimNotices, EventEffect, NoticeSelection, NoticeStore, Settlement } from './port.ts';

const inboxGroup = 'notifier';

const insertSql = `INSERT INTO notices (${noticeColumns}, free_at, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL) ON CONFLICT DO NOTHING`;

const dueSql = `SELECT ${noticeColumns} FROM notices
	WHERE state = ${pending} AND channel = ? AND due_at <= ? AND free_at <= ? AND id NOT IN (SELECT value FROM json_each(?))
	ORDER BY due_at, id LIMIT ?`;

const waitingSql = `SELECT ${noticeColumns} FROM notices WHERE notification_id = ? AND state = ${pending}`;

// It names its index: the primary key has the same order, and would be walked through all that was ever sent.
const failedSql = `SELECT ${noticeColumns} FROM notices INDEXED BY notices_failed WHERE state = ${failed} AND id > ? ORDER BY id LIMIT ?`;

const updateSql =
	'UPDATE notices SET state = ?, attempts = ?, due_at = ?, settled_at = ?, document = ?, free_at = 0, owner = NULL WHERE id = ?';

/** Notices in SQLite. */
export class SqliteNotices implements NoticeStore {
	readonly #db: Database;
	readonly #inbox = new SqliteInbox();
	readonly #listeners = new Set<() => void>();

	constructor(db: Database) {
		this.#db = db;
	}

	async apply(effects: readonly EventEffect[], realNow: Date): Promise<void> {
		if (effects.length === 0) return;
		await crashpoint('notifier.events.before-apply');
		const work = (tx: Tx) => {
			for (const effect of effects) {
				if (this.#inbox.firstTime(tx, inboxGroup, effect.eventId, realNow)) applyOne(tx, effect);
			}
		};
		await (effects.some((one) => one.kind === 'purge') ? this.#db.purge(work) : this.#db.write(work));
		await crashpoint('notifier.events.after-apply');
		if (effects.some((one) => one.kind === 'record' && one.notices.length > 0)) this.#scheduled();
	}

	async claimDue(request: ClaimNotices): Promise<readonly ClaimedNotice[]> {
		// A look outside the transaction first: most looks find nothing, and need no write.
		if (dueRows(this.#db, request, 1).length === 0) return [];
		const { owner, leaseUntil, limit } = request;
		await crashpoint('notifier.notices.before-claim');
		const claimed = await this.#db.write((tx) =>
			dueRows(tx, request, limit).map((row): ClaimedNotice => {
				tx.run('UPDATE notices SET attempts = attempts + 1, owner = ?, free_at = ? WHERE id = ?', owner, leaseUntil, row.id);
				return { record: recordOf({ ...row, attempts: row.attempts + 1 }), owner, leaseUntil };
			}),
		);
		await crashpoint('notifier.notices.after-claim');
		return claimed;
	}

	async settle(settlements: readonly Settlement[]): Promise<void> {
		await crashpoint('notifier.notices.before-settle');
		await this.#db.write((tx) => {
			for (const { claimed, next } of settlements) {
				const { record, owner, leaseUntil } = claimed;
				const sql = `SELECT ${noticeColumns} FROM notices WHERE id = ? AND owner = ? AND free_at = ?`;
				const row = tx.get<NoticeRow>(sql, record.id, owner, leaseUntil);
				if (row !== undefined) update(tx, next(recordOf(row)));
				// What was put there under way came after the purge.
				else if (tx.get('SELECT 1 FROM notices WHERE id = ?', record.id) === undefined) forgetMessages(tx, record.notificationId);
			}
		});
		await crashpoint('notifier.notices.after-settle');
	}

	async releaseLeases(owner: string): Promise<number> {
		return this.#db.write((tx) => tx.run('UPDATE notices SET owner = NULL, free_at = 0 WHERE owner = ?', owner).changes);
	}

	async untilNext(channel: Channel, now: Date, realNow: number, except: readonly string[] = []): Promise<number | undefined> {
		const at = now.getTime();
		const pendingOf = `FROM notices WHERE state = ${pending} AND channel = ?`;
		const number = channelToNumber(channel);
		const freeSql = `SELECT 1 ${pendingOf} AND due_at <= ? AND free_at <= ? AND id NOT IN (SELECT value FROM json_each(?)) LIMIT 1`;
		if (this.#db.get(freeSql, number, at, realNow, JSON.stringify(except)) !== undefined) return 0;
		const later = this.#db.get<{ at: number | null }>(`SELECT min(due_at) AS at ${pendingOf} AND due_at > ?`, number, at)?.at ?? Infinity;
		const held =
			this.#db.get<{ at: number | null }>(`SELECT min(free_at) AS at ${pendingOf} AND due_at <= ? AND free_at > ?`, number, at, realNow)
				?.at ?? Infinity;
		const wait = Math.min(later - at, held - realNow);
		return Number.isFinite(wait) ? wait : undefined;
	}

	async listByNotifications(notificationIds: readonly number[]): Promise<readonly NoticeRecord[]> {
		return selected(this.#db, { notificationIds });
	}

	async failed(afterId: string, limit: number): Promise<readonly NoticeRecord[]> {
		return this.#db.all<NoticeRow>(failedSql, afterId, limit).map(recordOf);
	}

	async changeMany(which: NoticeSelection, next: (current: NoticeRecord) => NoticeRecord | undefined): Promise<number> {
		await crashpoint('notifier.notices.before-change');
		const changed = await this.#db.write((tx) => {
			const changes = selected(tx, which).flatMap((record) => next(record) ?? []);
			for (const change of changes) update(tx, change);
			return changes.length;
		});
		await crashpoint('notifier.notices.after-change');
		if (changed > 0) this.#scheduled();
		return changed;
	}

	async countDue(now: Date): Promise<number> {
		const sql = `SELECT count(*) AS due FROM notices WHERE state = ${pending} AND channel IN (1, 2) AND due_at <= ?`;
		return this.#db.get<{ due: number }>(sql, now.getTime())?.due ?? 0;
	}

	async oldestPending(): Promise<Date | undefined> {
		const first = `SELECT min(recorded_at) AS at FROM (SELECT recorded_at FROM notices INDEXED BY notices_by_due
			WHERE state = ${pending} AND channel = ? ORDER BY due_at LIMIT 100)`;
		const at = this.#db.get<{ at: number | null }>(`SELECT min(at) AS at FROM (${first} UNION ALL ${first})`, 1, 2)?.at;
		return at === null || at === undefined ? undefined : new Date(at);
	}

	onScheduled(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async pruneInbox(before: Date, limit: number): Promise<number> {
		return this.#db.write((tx) => this.#inbox.prune(tx, before, limit));
	}

	#scheduled(): void {
		for (const listener of this.#listeners) listener();
	}
}

function applyOne(tx: Tx, effect: EventEffect): void {
	const { notificationId } = effect;
	switch (effect.kind) {
		case 'record':
			for (const notice of effect.notices) tx.run(insertSql, ...valuesOf(notice));
			break;
		case 'drop':
			for (const row of tx.all<NoticeRow>(waitingSql, notificationId)) {
				const { state, settledAt } = afterDrop(recordOf(row), effect.at);
				// Leases stay: an attempt under way tells what became of it, and one that went out counts as sent.
				tx.run(
					'UPDATE notices SET state = ?, settled_at = ? WHERE id = ?',
					noticeStateToNumber(state),
					settledAt?.getTime() ?? null,
					row.id,
				);
			}
			break;
		case 'purge':
			tx.run('DELETE FROM notices WHERE notification_id = ?', notificationId);
			forgetMessages(tx, notificationId);
			break;
	}
}

function forgetMessages(tx: Tx, notificationId: number): void {
	for (const table of ['mail_outbox', 'sms_outbox']) tx.run(`DELETE FROM ${table} WHERE notification_id = ?`, notificationId);
}

function dueRows(reader: Reader, { channel, now, realNow, except = [] }: ClaimNotices, limit: number): readonly NoticeRow[] {
	return reader.all<NoticeRow>(dueSql, channelToNumber(channel), now.getTime(), realNow, JSON.stringify(except), limit);
}

function update(tx: Tx, record: NoticeRecord): void {
	const [id, , , , , state, attempts, , dueAt, settledAt, document] = valuesOf(record);
	tx.run(updateSql, state ?? null, attempts ?? null, dueAt ?? null, settledAt ?? null, document ?? null, id ?? null);
}

/** In the order in which they were recorded. */
function selected(reader: Reader, which: NoticeSelection): readonly NoticeRecord[] {
	const [column, values] = 'ids' in which ? ['id', which.ids] : ['notification_id', which.notificationIds];
	const sql = `SELECT ${noticeColumns} FROM notices WHERE ${column} IN (SELECT value FROM json_each(?))
		ORDER BY recorded_at, notification_id, kind, recipient_index, channel`;
	return reader.all<NoticeRow>(sql, JSON.stringify(values)).map(recordOf);
}

import { Notification } from '@fefaent/contracts/notification';
import { openDatabase, SqliteOutbox, type Tx } from '@fefaent/store-kit';
import { issuerOf } from '../domain/record.ts';
import { migrations } from './migrations.ts';
import type { Arrival, Insertion, NotificationStore, Replacement, Written } from './port.ts';
import { claimsSql, searchStatement } from './queries.ts';
import { changingColumns, insertedColumns, insertSql, type NotificationRow, rowColumns, storedOf } from './rows.ts';

/** Opens (and makes) the notification service's own SQLite file. @throws what `openDatabase` of store-kit throws */
export function openSqliteNotificationStore(options: { readonly path: string }): NotificationStore {
	const db = openDatabase({ path: options.path, name: 'notification', migrations });
	const outbox = new SqliteOutbox(db);
	return {
		outbox,
		reserveIds: (count) => db.write((tx) => reserve(tx, count)),
		insertMany: (arrivals) => db.write((tx) => arrivals.map((arrival) => insert(tx, outbox, arrival))),
		getMany: async (ids) => {
			const rows = db.all<NotificationRow>(
				`SELECT ${rowColumns} FROM notifications WHERE id IN (SELECT value FROM json_each(?))`,
				JSON.stringify(ids),
			);
			return new Map(rows.map((row) => [row.id, storedOf(row)]));
		},
		replaceMany: (replacements) => {
			const work = (tx: Tx) => replacements.map((one) => replace(tx, outbox, one));
			return replacements.some(({ next }) => next.kind === 'purged') ? db.purge(work) : db.write(work);
		},
		search: async (query) => {
			const { sql, values } = searchStatement(query);
			return decodeAll(db.all<{ document: Uint8Array }>(sql, ...values));
		},
		claimsBefore: async (before, limit, after) => {
			const behind = [after?.decidedAt.getTime() ?? Number.MIN_SAFE_INTEGER, after?.id ?? 0] as const;
			return decodeAll(db.all<{ document: Uint8Array }>(claimsSql, before.getTime(), ...behind, limit));
		},
		ping: async () => {
			db.get('SELECT next FROM counters');
		},
		close: () => db.close(),
	};
}

function reserve(tx: Tx, count: number): number {
	const row = tx.get<{ next: number }>("UPDATE counters SET next = next + ? WHERE name = 'notification' RETURNING next", count);
	if (!row) throw new Error('the counter of notifications is missing');
	return row.next - count;
}

function insert(tx: Tx, outbox: SqliteOutbox, arrival: Arrival): Insertion {
	if (tx.run(insertSql, ...insertedColumns(arrival)).changes === 1) {
		outbox.append(tx, arrival.events);
		return { kind: 'inserted' };
	}
	const found = tx.get<{ fingerprint: Uint8Array; document: Uint8Array }>(
		'SELECT fingerprint, document FROM notifications WHERE reference = ? AND issuer = ?',
		arrival.reference ?? null,
		issuerOf(arrival.notification),
	);
	if (!found) throw new Error('a taken reference has no owner');
	const { id, iun } = Notification.decode(found.document);
	return { kind: 'existing', id, iun, fingerprint: found.fingerprint };
}

function replace(tx: Tx, outbox: SqliteOutbox, { expectedVersion, next, events }: Replacement): Written {
	const { changes } =
		next.kind === 'live'
			? tx.run(
					'UPDATE notifications SET version = ?, state = ?, claimed_at = ?, document = ? WHERE id = ? AND version = ?',
					...changingColumns(next.notification),
					next.notification.id,
					expectedVersion,
				)
			: tx.run(
					`UPDATE notifications SET version = ?, purged_at = ?, export_key = ?,
						reference = NULL, fingerprint = NULL, state = NULL, claimed_at = NULL, document = NULL WHERE id = ? AND version = ?`,
					next.tombstone.version,
					next.tombstone.purgedAt.getTime(),
					next.tombstone.exportKey,
					next.tombstone.id,
					expectedVersion,
				);
	if (changes === 0) return 'stale';
	outbox.append(tx, events);
	return 'written';
}

function decodeAll(rows: readonly { document: Uint8Array }[]): readonly Notification[] {
	return rows.map((row) => Notification.decode(row.document));
}

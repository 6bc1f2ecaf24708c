import { Delivery, DeliveryState } from '@fefaent/contracts/callback';
import type { Reader, SqlValue, Tx } from '@fefaent/store-kit';
import { type DeliveryRecord, givenUp, type NewDelivery, redriven } from '../domain/delivery.ts';
import type { FailureName } from '../domain/failures.ts';
import type { DeliveryQuery, DeliveryResult, DueDelivery, GiveUp, Redriven, RedriveQuery } from './port.ts';

interface DeliveryRow {
	seq: number;
	due_at: number | null;
	tries: number;
	traceparent: string | null;
	document: Uint8Array;
}

/** How states are written in the row. */
const states: Readonly<Partial<Record<DeliveryState, number>>> = {
	[DeliveryState.PENDING]: 1,
	[DeliveryState.DELIVERED]: 2,
	[DeliveryState.EXHAUSTED]: 3,
};

const numberOf = (state: DeliveryState): number => states[state] ?? 0;

/** @returns how many were not there yet */
export function insert(tx: Tx, items: readonly NewDelivery[]): number {
	const sql = `INSERT INTO deliveries (id, endpoint_id, notification_id, state, recorded_at, due_at, tries, traceparent, document)
		VALUES (?, ?, ?, 1, ?, ?, 0, ?, ?) ON CONFLICT (id) DO NOTHING`;
	let added = 0;
	for (const { delivery, dueAt, traceparent } of items) {
		const { id, endpointId, notificationId, recordedAt } = delivery;
		const recorded = (recordedAt ?? dueAt).getTime();
		const document = Delivery.encode(delivery).finish();
		added += tx.run(sql, id, endpointId, notificationId, recorded, dueAt.getTime(), traceparent ?? null, document).changes;
	}
	return added;
}

/** Two look-ups in an index for each row found, however long the queue is. */
export function due(reader: Reader, endpointId: string, now: Date, limit: number): readonly DueDelivery[] {
	const sql = `SELECT d.seq, d.due_at, d.tries, d.traceparent, d.document, (
			SELECT b.due_at FROM deliveries b
			WHERE b.state = 1 AND b.notification_id = d.notification_id AND b.endpoint_id = d.endpoint_id AND b.seq < d.seq
			ORDER BY b.seq LIMIT 1) AS behind
		FROM deliveries d WHERE d.state = 1 AND d.endpoint_id = ? AND d.due_at <= ?
		ORDER BY d.due_at, d.seq LIMIT ?`;
	return reader
		.all<DeliveryRow & { behind: number | null }>(sql, endpointId, now.getTime(), limit)
		.map((row) => ({ ...recordOf(row), behindUntil: row.behind === null ? undefined : new Date(row.behind) }));
}

/** Ids of endpoints with due deliveries: one step in an index from endpoint to endpoint, not from delivery to delivery. */
export function endpointsDue(reader: Reader, now: Date): readonly string[] {
	const sql = `WITH RECURSIVE pending (id) AS (
			SELECT min(endpoint_id) FROM deliveries INDEXED BY deliveries_queue WHERE state = 1
			UNION ALL
			SELECT (SELECT min(endpoint_id) FROM deliveries INDEXED BY deliveries_queue WHERE state = 1 AND endpoint_id > pending.id)
			FROM pending WHERE pending.id IS NOT NULL)
		SELECT id FROM pending WHERE id IS NOT NULL
			AND EXISTS (SELECT 1 FROM deliveries d INDEXED BY deliveries_queue WHERE d.state = 1 AND d.endpoint_id = pending.id AND d.due_at <= ?)`;
	return reader.all<{ id: string }>(sql, now.getTime()).map(({ id }) => id);
}

/** @returns whether it counted */
export function settle(tx: Tx, { record, delivery, dueAt }: DeliveryResult): boolean {
	const sql = `UPDATE deliveries SET state = ?, due_at = ?, settled_at = ?, tries = tries + 1, document = ?
		WHERE seq = ? AND state = 1 AND tries = ?`;
	const settledAt = delivery.settledAt?.getTime() ?? null;
	const document = Delivery.encode(delivery).finish();
	return tx.run(sql, numberOf(delivery.state), dueAt?.getTime() ?? null, settledAt, document, record.seq, record.tries).changes === 1;
}

/** Pending deliveries of an endpoint, those due first coming first. */
export function pendingOf(reader: Reader, { endpointId, dueUntil, limit }: GiveUp): readonly DeliveryRecord[] {
	const sql = `SELECT seq, due_at, tries, traceparent, document FROM deliveries INDEXED BY deliveries_queue
		WHERE endpoint_id = ? AND state = 1 AND due_at <= ? ORDER BY due_at, seq LIMIT ?`;
	return reader.all<DeliveryRow>(sql, endpointId, dueUntil?.getTime() ?? Number.MAX_SAFE_INTEGER, limit).map(recordOf);
}

/** Pending deliveries about notifications. */
export function pendingAbout(reader: Reader, notificationIds: readonly number[]): readonly DeliveryRecord[] {
	const sql = `SELECT seq, due_at, tries, traceparent, document FROM deliveries
		WHERE state = 1 AND notification_id IN (SELECT value FROM json_each(?))`;
	return reader.all<DeliveryRow>(sql, JSON.stringify(notificationIds)).map(recordOf);
}

/** Ends a pending delivery without an attempt. */
export function giveUp(tx: Tx, { seq, delivery }: DeliveryRecord, why: FailureName, now: Date): void {
	const document = Delivery.encode(givenUp(delivery, why, now)).finish();
	tx.run('UPDATE deliveries SET state = 3, due_at = NULL, settled_at = ?, document = ? WHERE seq = ?', now.getTime(), document, seq);
}

/** Oldest first. The narrowest condition decides by which index they are found. */
export function list(reader: Reader, { notificationIds, endpointId, state, afterSeq, limit }: DeliveryQuery): readonly DeliveryRecord[] {
	const conditions = ['seq > ?'];
	const values: SqlValue[] = [afterSeq];
	const add = (condition: string, value: SqlValue) => {
		conditions.push(condition);
		values.push(value);
	};
	if (notificationIds.length > 0) add('notification_id IN (SELECT value FROM json_each(?))', JSON.stringify(notificationIds));
	if (endpointId !== '') add('endpoint_id = ?', endpointId);
	if (state !== undefined) add('state = ?', numberOf(state));
	const index = indexFor({ notificationIds, endpointId, state });
	const from = index === '' ? 'deliveries' : `deliveries INDEXED BY deliveries_${index}`;
	const sql = `SELECT seq, due_at, tries, traceparent, document FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY seq LIMIT ?`;
	return reader.all<DeliveryRow>(sql, ...values, limit).map(recordOf);
}

function indexFor({ notificationIds, endpointId, state }: Pick<DeliveryQuery, 'notificationIds' | 'endpointId' | 'state'>): string {
	if (notificationIds.length > 0) return 'by_notification';
	if (endpointId !== '') return state === undefined ? 'of_endpoint' : 'by_endpoint';
	return state === undefined ? '' : 'by_state';
}

/** Exhausted deliveries that any of the fields names, oldest first. Each field finds them by its own index. */
export function exhaustedOf(reader: Reader, query: RedriveQuery, now: Date, limit: number): readonly DeliveryRecord[] {
	const { ids, endpointId, notificationIds, afterSeq } = query;
	const rows = new Map<number, DeliveryRow>();
	const add = (from: string, named: SqlValue) => {
		const sql = `SELECT d.seq, d.due_at, d.tries, d.traceparent, d.document FROM ${from}
			AND d.state = 3 AND d.settled_at <= ? AND d.seq > ? ORDER BY d.seq LIMIT ?`;
		for (const row of reader.all<DeliveryRow>(sql, named, now.getTime(), afterSeq, limit)) rows.set(row.seq, row);
	};
	if (ids.length > 0) add('json_each(?) named CROSS JOIN deliveries d WHERE d.id = named.value', JSON.stringify([...new Set(ids)]));
	if (endpointId !== '') add('deliveries d INDEXED BY deliveries_by_endpoint WHERE d.endpoint_id = ?', endpointId);
	if (notificationIds.length > 0) {
		const about = 'd.notification_id IN (SELECT value FROM json_each(?))';
		add(`deliveries d INDEXED BY deliveries_by_notification WHERE ${about}`, JSON.stringify(notificationIds));
	}
	return [...rows.values()]
		.sort((one, other) => one.seq - other.seq)
		.slice(0, limit)
		.map(recordOf);
}

/** @returns those that were taken up again */
export function redrive(tx: Tx, query: RedriveQuery, now: Date, limit: number): readonly Redriven[] {
	const sql = 'UPDATE deliveries SET state = 1, due_at = ?, settled_at = NULL, tries = 0, document = ? WHERE seq = ?';
	return exhaustedOf(tx, query, now, limit).map(({ seq, delivery }) => {
		tx.run(sql, now.getTime(), Delivery.encode(redriven(delivery, now)).finish(), seq);
		return { seq, id: delivery.id, endpointId: delivery.endpointId };
	});
}

function recordOf(row: DeliveryRow): DeliveryRecord {
	return {
		delivery: Delivery.decode(row.document),
		seq: row.seq,
		tries: row.tries,
		dueAt: new Date(row.due_at ?? 0),
		traceparent: row.traceparent ?? undefined,
	};
}

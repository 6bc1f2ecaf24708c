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

// Each question names its index. Left to itself SQLite chooses by what it believes of the data, and that differs after a stop, which writes statistics, and
// after a kill: it has walked the queue of an endpoint once for each delivery that was due.

/** The pending deliveries that come before `d` about the same notification at the same endpoint: its lane. */
const before = `FROM deliveries b INDEXED BY deliveries_lane
	WHERE b.state = 1 AND b.notification_id = d.notification_id AND b.endpoint_id = d.endpoint_id AND b.seq < d.seq`;

/** Three look-ups in an index for each row found, however long the queue is. */
export function due(reader: Reader, endpointId: string, now: Date, limit: number): readonly DueDelivery[] {
	const sql = `SELECT d.seq, d.due_at, d.tries, d.traceparent, d.document,
			(SELECT b.due_at ${before} ORDER BY b.seq LIMIT 1) AS behind, (SELECT count(*) ${before}) AS ahead
		FROM deliveries d INDEXED BY deliveries_queue WHERE d.state = 1 AND d.endpoint_id = ? AND d.due_at <= ?
		ORDER BY d.due_at, d.seq LIMIT ?`;
	return reader
		.all<DeliveryRow & { behind: number | null; ahead: number }>(sql, endpointId, now.getTime(), limit)
		.map((row) => ({ ...recordOf(row), behindUntil: row.behind === null ? undefined : new Date(row.behind), ahead: row.ahead }));
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

/** The next instant after `now` at which a pending delivery is due. */
export function nextDue(reader: Reader, now: Date): number | undefined {
	const sql = 'SELECT min(due_at) AS at FROM deliveries INDEXED BY deliveries_due WHERE state = 1 AND due_at > ?';
	return reader.get<{ at: number | null }>(sql, now.getTime())?.at ?? undefined;
}

/** How many pending deliveries of these endpoints are due: it walks these, and no others. */
export function countDue(reader: Reader, endpointIds: readonly string[], now: Date): number {
	const sql = `SELECT count(*) AS n FROM json_each(?) named CROSS JOIN deliveries d INDEXED BY deliveries_queue
		WHERE d.state = 1 AND d.endpoint_id = named.value AND d.due_at <= ?`;
	return reader.get<{ n: number }>(sql, JSON.stringify([...new Set(endpointIds)]), now.getTime())?.n ?? 0;
}

/** @returns whether it counted */
export function settle(tx: Tx, { record, delivery, dueAt }: DeliveryResult): boolean {
	const sql = `UPDATE deliveries SET state = ?, due_at = ?, settled_at = ?, tries = tries + 1, document = ?
		WHERE id = ? AND state = 1 AND tries = ?`;
	const settledAt = delivery.settledAt?.getTime() ?? null;
	const document = Delivery.encode(delivery).finish();
	return (
		tx.run(sql, numberOf(delivery.state), dueAt?.getTime() ?? null, settledAt, document, record.delivery.id, record.tries).changes === 1
	);
}

/** Pending deliveries of an endpoint, those due first coming first. */
export function pendingOf(reader: Reader, { endpointId, dueUntil, limit }: GiveUp): readonly DeliveryRecord[] {
	const sql = `SELECT seq, due_at, tries, traceparent, document FROM deliveries INDEXED BY deliveries_queue
		WHERE endpoint_id = ? AND state = 1 AND due_at <= ? ORDER BY due_at, seq LIMIT ?`;
	return reader.all<DeliveryRow>(sql, endpointId, dueUntil?.getTime() ?? Number.MAX_SAFE_INTEGER, limit).map(recordOf);
}

/** Pending deliveries about notifications. */
export function pendingAbout(reader: Reader, notificationIds: readonly number[]): readonly DeliveryRecord[] {
	const sql = `SELECT seq, due_at, tries, traceparent, document FROM deliveries INDEXED BY deliveries_lane
		WHERE state = 1 AND notification_id IN (SELECT value FROM json_each(?))`;
	return reader.all<DeliveryRow>(sql, JSON.stringify(notificationIds)).map(recordOf);
}

/** Ends a pending delivery without an attempt. */
export function giveUp(tx: Tx, { delivery }: DeliveryRecord, why: FailureName, now: Date): void {
	const document = Delivery.encode(givenUp(delivery, why, now)).finish();
	tx.run('UPDATE deliveries SET state = 3, due_at = NULL, settled_at = ?, document = ? WHERE id = ?', now.getTime(), document, delivery.id);
}

/** Oldest first. The narrowest condition decides by which index they are found. */
export function list(
	reader: Reader,
	{ notificationIds, endpointId, state, afterPosition, limit }: DeliveryQuery,
): readonly DeliveryRecord[] {
	const conditions = ['seq > ?'];
	const values: SqlValue[] = [Number(afterPosition)];
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
	const { ids, endpointId, notificationIds, afterPosition } = query;
	const rows = new Map<number, DeliveryRow>();
	const add = (from: string, named: SqlValue) => {
		const sql = `SELECT d.seq, d.due_at, d.tries, d.traceparent, d.document FROM ${from}
			AND d.state = 3 AND d.settled_at <= ? AND d.seq > ? ORDER BY d.seq LIMIT ?`;
		for (const row of reader.all<DeliveryRow>(sql, named, now.getTime(), Number(afterPosition), limit)) rows.set(row.seq, row);
	};
	if (ids.length > 0)
		add(
			'json_each(?) named CROSS JOIN deliveries d INDEXED BY sqlite_autoindex_deliveries_1 WHERE d.id = named.value',
			JSON.stringify([...new Set(ids)]),
		);
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
	const sql = 'UPDATE deliveries SET state = 1, due_at = ?, settled_at = NULL, tries = 0, document = ? WHERE id = ?';
	return exhaustedOf(tx, query, now, limit).map(({ position, delivery }) => {
		tx.run(sql, now.getTime(), Delivery.encode(redriven(delivery, now)).finish(), delivery.id);
		return { position, id: delivery.id, endpointId: delivery.endpointId };
	});
}

/** The place of a delivery in the order of recording. */
export function positionOf(reader: Reader, id: string): string | undefined {
	const row = reader.get<{ seq: number }>('SELECT seq FROM deliveries WHERE id = ?', id);
	return row && String(row.seq);
}

/** Removes deliveries settled before an instant, at most so many. @returns how many */
export function prune(tx: Tx, before: Date, limit: number): number {
	const sql = `DELETE FROM deliveries WHERE seq IN (
		SELECT seq FROM deliveries INDEXED BY deliveries_settled WHERE settled_at IS NOT NULL AND settled_at < ? ORDER BY settled_at LIMIT ?)`;
	return tx.run(sql, before.getTime(), limit).changes;
}

function recordOf(row: DeliveryRow): DeliveryRecord {
	return {
		delivery: Delivery.decode(row.document),
		position: String(row.seq),
		tries: row.tries,
		dueAt: new Date(row.due_at ?? 0),
		traceparent: row.traceparent ?? undefined,
	};
}

import type { Reader, Tx } from '@fefaent/store-kit';
import type { Timer } from '../domain/instance.ts';
import type { ClaimedTimer, ClaimTimers, OtherTimer, QueueLook, TimerResult } from './port.ts';
import { type TimerRow, timerOf, type WorkflowRow } from './rows.ts';

/**
 * The queue of timers. `free_at` is 0 for fresh ones, that nobody has taken: they can be from `due_at` on, in the environment's time. A timer that was
 * taken, which is due since then, can be taken again from `free_at` on, in real time: the end of its lease (with an owner) or of its back-off (without).
 * So the two kinds stand in two indexes, in each of them apart by whether their task has to be proved, and in the order in which they can be taken, and a look reads what it answers and no more.
 */
interface QueueRow extends TimerRow, WorkflowRow {
	free_at: number;
}

const columns = 't.id, t.kind, t.due_at, t.proved, t.attempts, t.traceparent, t.free_at, w.workflow, w.workflow_version, w.state, w.facts';

/** No other timer of the instance is being fired; the real time as parameter. */
const alone = 'NOT EXISTS (SELECT 1 FROM timers o WHERE o.id = t.id AND o.kind <> t.kind AND o.owner IS NOT NULL AND o.free_at > ?)';

/** Not among those left alone; their ids as parameter. */
const allowed = 't.id NOT IN (SELECT value FROM json_each(?))';

const freshSql = `SELECT ${columns} FROM timers t INDEXED BY timers_fresh CROSS JOIN workflows w ON w.id = t.id
	WHERE t.proved = ? AND t.free_at = 0 AND t.due_at <= ? AND ${alone} AND ${allowed} ORDER BY t.due_at, t.id, t.kind LIMIT ?`;

/** That they are due is for a clock that was put back. */
const heldSql = `SELECT ${columns} FROM timers t INDEXED BY timers_held CROSS JOIN workflows w ON w.id = t.id
	WHERE t.proved = ? AND t.free_at > 0 AND t.free_at <= ? AND t.due_at <= ? AND ${alone} AND ${allowed} ORDER BY t.free_at, t.id, t.kind LIMIT ?`;

/** Sets a timer, in place of one of its kind. */
export function insert(tx: Tx, id: number, { kind, dueAt, proved, attempts, traceparent }: Timer): void {
	const sql = `INSERT OR REPLACE INTO timers (id, kind, due_at, proved, attempts, traceparent, free_at, owner)
		VALUES (?, ?, ?, ?, ?, ?, 0, NULL)`;
	tx.run(sql, id, kind, dueAt.getTime(), proved ? 1 : 0, attempts, traceparent ?? null);
}

/** Whether there is a timer to be taken. */
export function isDue(reader: Reader, look: QueueLook): boolean {
	return takeable(reader, look, 1).length > 0;
}

/** Leases what can be taken, one timer of an instance. */
export function claim(tx: Tx, request: ClaimTimers): readonly ClaimedTimer[] {
	const { owner, leaseUntil, limit } = request;
	const rows = new Map<number, QueueRow>();
	for (const row of takeable(tx, request, limit)) if (!rows.has(row.id)) rows.set(row.id, row);
	const others = otherTimers(tx, [...rows.keys()]);
	return [...rows.values()].map((row): ClaimedTimer => {
		tx.run('UPDATE timers SET owner = ?, free_at = ? WHERE id = ? AND kind = ?', owner, leaseUntil, row.id, row.kind);
		return {
			...timerOf(row),
			notificationId: row.id,
			workflow: row.workflow,
			workflowVersion: row.workflow_version,
			position: { state: row.state, facts: JSON.parse(row.facts) },
			others: (others.get(row.id) ?? []).filter(({ kind }) => kind !== row.kind),
			owner,
			leaseUntil,
		};
	});
}

/** In the order in which they could be taken, told in the environment's time. */
function takeable(reader: Reader, { now, realNow, proved, except }: QueueLook, limit: number): readonly QueueRow[] {
	const at = now.getTime();
	const [queue, left] = [proved ? 1 : 0, JSON.stringify(except)];
	const fresh = reader.all<QueueRow>(freshSql, queue, at, realNow, left, limit);
	const held = reader.all<QueueRow>(heldSql, queue, realNow, at, realNow, left, limit);
	const since = ({ free_at, due_at }: QueueRow) => (free_at === 0 ? due_at : free_at + at - realNow);
	return [...fresh, ...held].sort((one, other) => since(one) - since(other)).slice(0, limit);
}

function otherTimers(reader: Reader, ids: readonly number[]): ReadonlyMap<number, readonly OtherTimer[]> {
	const sql = 'SELECT id, kind, due_at FROM timers WHERE id IN (SELECT value FROM json_each(?))';
	const rows = reader.all<Pick<TimerRow, 'id' | 'kind' | 'due_at'>>(sql, JSON.stringify(ids));
	const timers = Map.groupBy(rows, ({ id }) => id);
	return new Map([...timers].map(([id, own]) => [id, own.map(({ kind, due_at }) => ({ kind, dueAt: new Date(due_at) }))]));
}

/** Writes what became of a timer, if its lease still stands. */
export function settle(tx: Tx, result: TimerResult): void {
	const { notificationId, kind, owner, leaseUntil } = result.timer;
	const lease = [notificationId, kind, owner, leaseUntil] as const;
	const leased = 'WHERE id = ? AND kind = ? AND owner = ? AND free_at = ?';
	switch (result.kind) {
		case 'done':
			tx.run(`DELETE FROM timers ${leased}`, ...lease);
			break;
		case 'gone':
			tx.run('DELETE FROM workflows WHERE id = ?', notificationId);
			tx.run('DELETE FROM timers WHERE id = ?', notificationId);
			break;
		case 'later':
			tx.run(`UPDATE timers SET due_at = ?, free_at = 0, owner = NULL ${leased}`, result.dueAt.getTime(), ...lease);
			break;
		case 'failed':
			tx.run(`UPDATE timers SET attempts = attempts + 1, free_at = ?, owner = NULL ${leased}`, result.notBefore, ...lease);
			break;
	}
}

/** Ends all leases of an owner. @returns how many there were */
export function release(tx: Tx, owner: string): number {
	return tx.run('UPDATE timers SET owner = NULL, free_at = 0 WHERE owner = ?', owner).changes;
}

/** Milliseconds until there may be a timer to be taken. */
export function untilNext(reader: Reader, look: QueueLook): number | undefined {
	if (isDue(reader, look)) return 0;
	const { now, realNow, proved } = look;
	const fresh = nextFresh(reader, now, proved) - now.getTime();
	const held =
		least(reader, 'SELECT min(free_at) AS at FROM timers WHERE proved = ? AND free_at > 0 AND free_at > ?', proved, realNow) - realNow;
	const wait = Math.min(fresh, held);
	return Number.isFinite(wait) ? wait : undefined;
}

/** When the next timer is due. */
export function nextDue(reader: Reader, now: Date): Date | undefined {
	const at = Math.min(nextFresh(reader, now, true), nextFresh(reader, now, false));
	return Number.isFinite(at) ? new Date(at) : undefined;
}

function nextFresh(reader: Reader, now: Date, proved: boolean): number {
	return least(reader, 'SELECT min(due_at) AS at FROM timers WHERE proved = ? AND free_at = 0 AND due_at > ?', proved, now.getTime());
}

function least(reader: Reader, sql: string, proved: boolean, above: number): number {
	return reader.get<{ at: number | null }>(sql, proved ? 1 : 0, above)?.at ?? Infinity;
}

/** When the timer that is due longest fell due; of those that were taken, the hundred of each queue that are free first. */
export function oldestDue(reader: Reader, now: Date): Date | undefined {
	const fresh = 'SELECT min(due_at) FROM timers INDEXED BY timers_fresh WHERE proved = ? AND free_at = 0';
	const held = `SELECT min(due_at) FROM (SELECT due_at FROM timers INDEXED BY timers_held
		WHERE proved = ? AND free_at > 0 ORDER BY free_at LIMIT 100)`;
	const sql = `SELECT min(at) AS at FROM (SELECT (${fresh}) AS at UNION ALL SELECT (${fresh}) UNION ALL SELECT (${held}) UNION ALL SELECT (${held}))`;
	const at = reader.get<{ at: number | null }>(sql, 0, 1, 0, 1)?.at ?? Infinity;
	return at <= now.getTime() ? new Date(at) : undefined;
}

/** Timers that can be taken, and those that are leased. */
export function countDue(reader: Reader, now: Date, realNow: number): number {
	const sql = `SELECT (SELECT count(*) FROM timers WHERE proved IN (0, 1) AND free_at = 0 AND due_at <= ?)
		+ (SELECT count(*) FROM timers WHERE proved IN (0, 1) AND free_at > 0 AND free_at <= ?)
		+ (SELECT count(*) FROM timers WHERE owner IS NOT NULL AND free_at > ?) AS due`;
	return reader.get<{ due: number }>(sql, now.getTime(), realNow, realNow)?.due ?? 0;
}

import { crashpoint } from '@fefaent/kernel';
import { type Database, openDatabase, type Tx } from '@fefaent/store-kit';
import type { Instance, InstanceChange, InstanceStep, Timer } from '../domain/instance.ts';
import { migrations } from './migrations.ts';
import type { ClaimedTimer, ClaimTimers, StateEngineStore, TimerResult } from './port.ts';

interface WorkflowRow {
	id: number;
	workflow: string;
	workflow_version: number;
	state: string;
	facts: string;
	notification_version: number;
	revision: number;
}

interface TimerRow {
	id: number;
	kind: string;
	due_at: number;
	attempts: number;
	traceparent: string | null;
}

/** Which timers are free, with the real time twice as parameter: not leased, not in back-off, and no other of the instance being fired. */
const free = `t.free_at <= ?
	AND NOT EXISTS (SELECT 1 FROM timers o WHERE o.id = t.id AND o.kind <> t.kind AND o.owner IS NOT NULL AND o.free_at > ?)`;

const dueTimers = `
SELECT t.id, t.kind, t.due_at, t.attempts, t.traceparent, w.workflow, w.workflow_version, w.state, w.facts
FROM timers t JOIN workflows w ON w.id = t.id
WHERE ${free} AND t.due_at <= ?
ORDER BY t.due_at, t.id, t.kind LIMIT ?`;

/**
 * Opens the state-engine's SQLite file, making it when missing.
 * @param path the file; `FEFAENT_DATA_DIR/state-engine.db` in standalone
 */
export function openSqliteStateEngineStore({ path }: { readonly path: string }): StateEngineStore {
	return new SqliteStateEngineStore(openDatabase({ path, migrations, name: 'state-engine' }));
}

class SqliteStateEngineStore implements StateEngineStore {
	readonly #db: Database;
	readonly #listeners = new Set<() => void>();

	constructor(db: Database) {
		this.#db = db;
	}

	async getMany(ids: readonly number[]): Promise<readonly (Instance | undefined)[]> {
		const list = JSON.stringify(ids);
		const timers = Map.groupBy(
			this.#db.all<TimerRow>('SELECT * FROM timers WHERE id IN (SELECT value FROM json_each(?)) ORDER BY due_at, kind', list),
			(row) => row.id,
		);
		const instances = new Map(
			this.#db
				.all<WorkflowRow>('SELECT * FROM workflows WHERE id IN (SELECT value FROM json_each(?))', list)
				.map((row) => [row.id, instanceOf(row, timers.get(row.id) ?? [])]),
		);
		return ids.map((id) => instances.get(id));
	}

	async applyMany(changes: readonly InstanceChange[]): Promise<readonly ('written' | 'stale')[]> {
		await crashpoint('engine.instances.before');
		const written = await this.#db.write((tx) => changes.map((change) => (apply(tx, change) ? 'written' : 'stale')));
		await crashpoint('engine.instances.after');
		if (changes.some((change) => change.kind === 'step' && change.schedule.length > 0)) {
			for (const listener of this.#listeners) listener();
		}
		return written;
	}

	async claimDue(request: ClaimTimers): Promise<readonly ClaimedTimer[]> {
		// A look outside the transaction first: most looks find nothing, and need no write.
		if (due(this.#db, request, 1).length === 0) return [];
		await crashpoint('engine.timers.claim.before');
		const claimed = await this.#db.write((tx) => {
			const timers = due(tx, request, request.limit);
			for (const timer of timers) {
				tx.run(
					'UPDATE timers SET owner = ?, free_at = ? WHERE id = ? AND kind = ?',
					request.owner,
					request.leaseUntil,
					timer.notificationId,
					timer.kind,
				);
			}
			return timers;
		});
		await crashpoint('engine.timers.claim.after');
		return claimed;
	}

	async settle(results: readonly TimerResult[]): Promise<void> {
		await crashpoint('engine.timers.settle.before');
		await this.#db.write((tx) => {
			for (const result of results) settle(tx, result);
		});
		await crashpoint('engine.timers.settle.after');
	}

	async releaseLeases(owner: string): Promise<number> {
		return this.#db.write((tx) => tx.run('UPDATE timers SET owner = NULL, free_at = 0 WHERE owner = ?', owner).changes);
	}

	async untilNext(now: Date, realNow: number): Promise<number | undefined> {
		const at = now.getTime();
		if (this.#db.get(`SELECT 1 FROM timers t WHERE ${free} AND t.due_at <= ? LIMIT 1`, realNow, realNow, at) !== undefined) return 0;
		const later = this.#db.get<{ at: number | null }>('SELECT min(due_at) AS at FROM timers WHERE due_at > ?', at)?.at ?? Infinity;
		const sql = 'SELECT min(free_at) AS at FROM timers WHERE due_at <= ? AND free_at > ?';
		const held = this.#db.get<{ at: number | null }>(sql, at, realNow)?.at ?? Infinity;
		const wait = Math.min(later - at, held - realNow);
		return Number.isFinite(wait) ? wait : undefined;
	}

	async nextDue(now: Date): Promise<Date | undefined> {
		const at = this.#db.get<{ at: number | null }>('SELECT min(due_at) AS at FROM timers WHERE due_at > ?', now.getTime())?.at;
		return typeof at === 'number' ? new Date(at) : undefined;
	}

	async countDue(now: Date, realNow: number): Promise<number> {
		const sql = 'SELECT count(*) AS due FROM timers WHERE due_at <= ? AND (owner IS NOT NULL OR free_at <= ?)';
		return this.#db.get<{ due: number }>(sql, now.getTime(), realNow)?.due ?? 0;
	}

	onScheduled(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	close(): Promise<void> {
		return this.#db.close();
	}
}

function instanceOf(row: WorkflowRow, timers: readonly TimerRow[]): Instance {
	return {
		notificationId: row.id,
		workflow: row.workflow,
		workflowVersion: row.workflow_version,
		position: { state: row.state, facts: JSON.parse(row.facts) },
		notificationVersion: row.notification_version,
		revision: row.revision,
		timers: timers.map(timerOf),
	};
}

function timerOf(row: TimerRow): Timer {
	return { kind: row.kind, dueAt: new Date(row.due_at), attempts: row.attempts, traceparent: row.traceparent ?? undefined };
}

function apply(tx: Tx, change: InstanceChange): boolean {
	if (change.kind === 'step') {
		if (!writeInstance(tx, change)) return false;
		const { notificationId: id } = change.instance;
		for (const kind of change.cancel) tx.run('DELETE FROM timers WHERE id = ? AND kind = ?', id, kind);
		for (const timer of change.schedule) {
			tx.run(
				'INSERT OR REPLACE INTO timers (id, kind, due_at, attempts, traceparent, free_at, owner) VALUES (?, ?, ?, ?, ?, 0, NULL)',
				id,
				timer.kind,
				timer.dueAt.getTime(),
				timer.attempts,
				timer.traceparent ?? null,
			);
		}
		return true;
	}
	const { notificationId, revision } = change;
	if (tx.run('DELETE FROM workflows WHERE id = ? AND revision = ?', notificationId, revision).changes === 0) return false;
	tx.run('DELETE FROM timers WHERE id = ?', notificationId);
	return true;
}

function writeInstance(tx: Tx, { instance }: InstanceStep): boolean {
	const { notificationId, workflow, workflowVersion, position, notificationVersion, revision } = instance;
	if (revision === 1) {
		const sql = `INSERT INTO workflows (id, workflow, workflow_version, state, facts, notification_version, revision)
			VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`;
		const facts = JSON.stringify(position.facts);
		return tx.run(sql, notificationId, workflow, workflowVersion, position.state, facts, notificationVersion).changes === 1;
	}
	const sql = 'UPDATE workflows SET state = ?, notification_version = ?, revision = ? WHERE id = ? AND revision = ?';
	return tx.run(sql, position.state, notificationVersion, revision, notificationId, revision - 1).changes === 1;
}

/** Timers that can be taken, one for each instance: the one due first. */
function due(reader: Pick<Tx, 'all'>, request: ClaimTimers, limit: number): readonly ClaimedTimer[] {
	const { now, realNow, owner, leaseUntil } = request;
	const rows = reader.all<TimerRow & WorkflowRow>(dueTimers, realNow, realNow, now.getTime(), limit);
	const first = new Map<number, ClaimedTimer>();
	for (const row of rows) {
		if (first.has(row.id)) continue;
		const position = { state: row.state, facts: JSON.parse(row.facts) };
		first.set(row.id, {
			...timerOf(row),
			notificationId: row.id,
			workflow: row.workflow,
			workflowVersion: row.workflow_version,
			position,
			owner,
			leaseUntil,
		});
	}
	return [...first.values()];
}

function settle(tx: Tx, result: TimerResult): void {
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

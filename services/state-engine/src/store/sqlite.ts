import { crashpoint } from '@fefaent/kernel';
import { type Database, openDatabase, type Tx } from '@fefaent/store-kit';
import type { Instance, InstanceChange, InstanceStep } from '../domain/instance.ts';
import { migrations } from './migrations.ts';
import type { ClaimedTimer, ClaimTimers, QueueLook, StateEngineStore, TimerResult } from './port.ts';
import { type TimerRow, timerOf, type WorkflowRow } from './rows.ts';
import * as timers from './sqlite-timers.ts';

/**
 * Opens the state-engine's SQLite file, making it when missing.
 * @param path the file; `FEFAENT_DATA_DIR/state-engine.db` in standalone
 */
export function openSqliteStateEngineStore({ path }: { readonly path: string }): StateEngineStore {
	return stateEngineStoreOn(openDatabase({ path, migrations, name: 'state-engine' }));
}

/** The store on a database that is open, which it closes. */
export function stateEngineStoreOn(db: Database): StateEngineStore {
	return new SqliteStateEngineStore(db);
}

class SqliteStateEngineStore implements StateEngineStore {
	readonly #db: Database;
	readonly #listeners = new Set<() => void>();

	constructor(db: Database) {
		this.#db = db;
	}

	async getMany(ids: readonly number[]): Promise<readonly (Instance | undefined)[]> {
		const list = JSON.stringify(ids);
		const timersById = Map.groupBy(
			this.#db.all<TimerRow>('SELECT * FROM timers WHERE id IN (SELECT value FROM json_each(?)) ORDER BY due_at, kind', list),
			(row) => row.id,
		);
		const instances = new Map(
			this.#db
				.all<WorkflowRow>('SELECT * FROM workflows WHERE id IN (SELECT value FROM json_each(?))', list)
				.map((row) => [row.id, instanceOf(row, timersById.get(row.id) ?? [])]),
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
		if (!timers.isDue(this.#db, request)) return [];
		await crashpoint('engine.timers.claim.before');
		const claimed = await this.#db.write((tx) => timers.claim(tx, request));
		await crashpoint('engine.timers.claim.after');
		return claimed;
	}

	async settle(results: readonly TimerResult[]): Promise<void> {
		await crashpoint('engine.timers.settle.before');
		await this.#db.write((tx) => {
			for (const result of results) timers.settle(tx, result);
		});
		await crashpoint('engine.timers.settle.after');
	}

	async releaseLeases(owner: string): Promise<number> {
		return this.#db.write((tx) => timers.release(tx, owner));
	}

	async untilNext(look: QueueLook): Promise<number | undefined> {
		return timers.untilNext(this.#db, look);
	}

	async nextDue(now: Date): Promise<Date | undefined> {
		return timers.nextDue(this.#db, now);
	}

	async countDue(now: Date, realNow: number): Promise<number> {
		return timers.countDue(this.#db, now, realNow);
	}

	async oldestDue(now: Date): Promise<Date | undefined> {
		return timers.oldestDue(this.#db, now);
	}

	onScheduled(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async ping(): Promise<void> {
		this.#db.get('SELECT 1');
	}

	/** Nobody else is there. */
	async join(): Promise<void> {}

	async leave(): Promise<void> {}

	close(): Promise<void> {
		return this.#db.close();
	}
}

function instanceOf(row: WorkflowRow, own: readonly TimerRow[]): Instance {
	return {
		notificationId: row.id,
		workflow: row.workflow,
		workflowVersion: row.workflow_version,
		position: { state: row.state, facts: JSON.parse(row.facts) },
		notificationVersion: row.notification_version,
		revision: row.revision,
		timers: own.map(timerOf),
	};
}

function apply(tx: Tx, change: InstanceChange): boolean {
	if (change.kind === 'step') {
		if (!writeInstance(tx, change)) return false;
		const { notificationId: id } = change.instance;
		for (const kind of change.cancel) tx.run('DELETE FROM timers WHERE id = ? AND kind = ?', id, kind);
		for (const timer of change.schedule) timers.insert(tx, id, timer);
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

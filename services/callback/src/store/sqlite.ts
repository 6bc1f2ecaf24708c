import { crashpoint } from '@fefaent/kernel';
import { type Database, openDatabase } from '@fefaent/store-kit';
import type { NewDelivery } from '../domain/delivery.ts';
import type { EndpointHealth, EndpointRecord } from '../domain/endpoint.ts';
import type { FailureName } from '../domain/failures.ts';
import { migrations } from './migrations.ts';
import type { CallbackStore, DeliveryQuery, DeliveryResult, GiveUp, Redriven, RedriveQuery } from './port.ts';
import * as deliveries from './sqlite-deliveries.ts';
import * as endpoints from './sqlite-endpoints.ts';

/**
 * Opens the callback service's SQLite file, making it when missing.
 * @param path the file; `FEFAENT_DATA_DIR/callback.db` in standalone
 */
export function openSqliteCallbackStore({ path }: { readonly path: string }): CallbackStore {
	return new SqliteCallbackStore(openDatabase({ path, migrations, name: 'callback' }));
}

type Listener = Parameters<CallbackStore['onWork']>[0];

class SqliteCallbackStore implements CallbackStore {
	readonly #db: Database;
	readonly #listeners = new Set<Listener>();

	constructor(db: Database) {
		this.#db = db;
	}

	async putEndpoint(record: EndpointRecord): Promise<boolean> {
		await crashpoint('callback.endpoint.put.before');
		const written = await this.#db.write((tx) => endpoints.put(tx, record));
		await crashpoint('callback.endpoint.put.after');
		if (written) this.#tell([record.endpoint.id], 'endpoints');
		return written;
	}

	async getEndpoints(ids: readonly string[]) {
		return endpoints.getMany(this.#db, ids);
	}

	async endpointsOf(issuerCodes: readonly string[]) {
		return endpoints.ofIssuers(this.#db, issuerCodes);
	}

	async allEndpoints() {
		return endpoints.all(this.#db);
	}

	async removeEndpoint(id: string): Promise<boolean> {
		await crashpoint('callback.endpoint.remove.before');
		const removed = await this.#db.write((tx) => tx.run('DELETE FROM endpoints WHERE id = ?', id).changes > 0);
		await crashpoint('callback.endpoint.remove.after');
		if (removed) this.#tell([id], 'endpoints');
		return removed;
	}

	async setHealth(id: string, revision: number, health: EndpointHealth): Promise<void> {
		await crashpoint('callback.endpoint.health.before');
		await this.#db.write((tx) => endpoints.setHealth(tx, id, revision, health));
		await crashpoint('callback.endpoint.health.after');
	}

	async endWaits(ids: readonly string[]): Promise<void> {
		if (ids.length === 0) return;
		await crashpoint('callback.endpoint.end-wait.before');
		await this.#db.write((tx) => {
			for (const id of ids)
				tx.run('UPDATE endpoints SET revision = revision + 1, failures = 0, failing_since = NULL, not_before = NULL WHERE id = ?', id);
		});
		await crashpoint('callback.endpoint.end-wait.after');
		this.#tell(ids, 'endpoints');
	}

	async lease(endpointId: string, owner: string, realNow: number, until: number): Promise<boolean> {
		await crashpoint('callback.endpoint.lease.before');
		const sql = 'UPDATE endpoints SET owner = ?, lease_until = ? WHERE id = ? AND (owner IS NULL OR owner = ? OR lease_until <= ?)';
		const taken = await this.#db.write((tx) => tx.run(sql, owner, until, endpointId, owner, realNow).changes > 0);
		await crashpoint('callback.endpoint.lease.after');
		return taken;
	}

	async release(owner: string, endpointId?: string): Promise<void> {
		const sql = 'UPDATE endpoints SET owner = NULL, lease_until = 0 WHERE owner = ?';
		await this.#db.write((tx) => (endpointId === undefined ? tx.run(sql, owner) : tx.run(`${sql} AND id = ?`, owner, endpointId)));
	}

	async record(items: readonly NewDelivery[]): Promise<number> {
		if (items.length === 0) return 0;
		await crashpoint('callback.deliveries.record.before');
		const added = await this.#db.write((tx) => deliveries.insert(tx, items));
		await crashpoint('callback.deliveries.record.after');
		if (added > 0) this.#tell([...new Set(items.map(({ delivery }) => delivery.endpointId))], 'deliveries');
		return added;
	}

	async due(endpointId: string, now: Date, limit: number) {
		return deliveries.due(this.#db, endpointId, now, limit);
	}

	async settle(results: readonly DeliveryResult[]): Promise<readonly boolean[]> {
		await crashpoint('callback.deliveries.settle.before');
		const counted = await this.#db.write((tx) => results.map((result) => deliveries.settle(tx, result)));
		await crashpoint('callback.deliveries.settle.after');
		return counted;
	}

	async defer(items: readonly { readonly seq: number; readonly until: Date }[]): Promise<void> {
		if (items.length === 0) return;
		await crashpoint('callback.deliveries.defer.before');
		await this.#db.write((tx) => {
			for (const { seq, until } of items) tx.run('UPDATE deliveries SET due_at = ? WHERE seq = ? AND state = 1', until.getTime(), seq);
		});
		await crashpoint('callback.deliveries.defer.after');
	}

	async giveUp(request: GiveUp): Promise<number> {
		if (deliveries.pendingOf(this.#db, { ...request, limit: 1 }).length === 0) return 0;
		await crashpoint('callback.deliveries.give-up.before');
		const count = await this.#db.write((tx) => {
			const found = deliveries.pendingOf(tx, request);
			for (const record of found) deliveries.giveUp(tx, record, request.why, request.now);
			return found.length;
		});
		await crashpoint('callback.deliveries.give-up.after');
		return count;
	}

	async forget(notificationIds: readonly number[], why: FailureName, now: Date): Promise<number> {
		if (deliveries.pendingAbout(this.#db, notificationIds).length === 0) return 0;
		await crashpoint('callback.deliveries.forget.before');
		const count = await this.#db.write((tx) => {
			const found = deliveries.pendingAbout(tx, notificationIds);
			for (const record of found) deliveries.giveUp(tx, record, why, now);
			return found.length;
		});
		await crashpoint('callback.deliveries.forget.after');
		return count;
	}

	async endpointsDue(now: Date) {
		return deliveries.endpointsDue(this.#db, now);
	}

	async nextInstant(now: Date): Promise<Date | undefined> {
		const at = now.getTime();
		const due = this.#db.get<{ at: number | null }>('SELECT min(due_at) AS at FROM deliveries WHERE state = 1 AND due_at > ?', at)?.at;
		const wait = this.#db.get<{ at: number | null }>('SELECT min(not_before) AS at FROM endpoints WHERE not_before > ?', at)?.at;
		const next = Math.min(due ?? Infinity, wait ?? Infinity);
		return Number.isFinite(next) ? new Date(next) : undefined;
	}

	async countDue(endpointIds: readonly string[], now: Date): Promise<number> {
		const sql = 'SELECT count(*) AS n FROM deliveries WHERE state = 1 AND endpoint_id IN (SELECT value FROM json_each(?)) AND due_at <= ?';
		return this.#db.get<{ n: number }>(sql, JSON.stringify(endpointIds), now.getTime())?.n ?? 0;
	}

	async list(query: DeliveryQuery) {
		return deliveries.list(this.#db, query);
	}

	async seqOf(id: string): Promise<number | undefined> {
		return this.#db.get<{ seq: number }>('SELECT seq FROM deliveries WHERE id = ?', id)?.seq;
	}

	async redrive(query: RedriveQuery, now: Date, limit: number): Promise<readonly Redriven[]> {
		await crashpoint('callback.deliveries.redrive.before');
		const touched = await this.#db.write((tx) => deliveries.redrive(tx, query, now, limit));
		await crashpoint('callback.deliveries.redrive.after');
		if (touched.length > 0) this.#tell([...new Set(touched.map(({ endpointId }) => endpointId))], 'deliveries');
		return touched;
	}

	async prune(before: Date, limit: number): Promise<number> {
		const sql = `DELETE FROM deliveries WHERE seq IN (
			SELECT seq FROM deliveries WHERE settled_at IS NOT NULL AND settled_at < ? ORDER BY settled_at LIMIT ?)`;
		await crashpoint('callback.deliveries.prune.before');
		return this.#db.write((tx) => tx.run(sql, before.getTime(), limit).changes);
	}

	onWork(listener: Listener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	close(): Promise<void> {
		return this.#db.close();
	}

	#tell(...news: Parameters<Listener>): void {
		for (const listener of this.#listeners) listener(...news);
	}
}

import { crashpoint } from '@fefaent/kernel';
import { type Database, openDatabase } from '@fefaent/store-kit';
import type { NewDelivery } from '../domain/delivery.ts';
import type { EndpointHealth, NewEndpointRecord } from '../domain/endpoint.ts';
import type { FailureName } from '../domain/failures.ts';
import { type Listener, Listeners } from './listeners.ts';
import { migrations } from './migrations.ts';
import type { CallbackStore, DeliveryQuery, DeliveryResult, EndpointPage, GiveUp, Redriven, RedriveQuery } from './port.ts';
import * as deliveries from './sqlite-deliveries.ts';
import * as endpoints from './sqlite-endpoints.ts';

/**
 * Opens the callback service's SQLite file, making it when missing.
 * @param path the file; `FEFAENT_DATA_DIR/callback.db` in standalone
 */
export function openSqliteCallbackStore({ path }: { readonly path: string }): CallbackStore {
	return callbackStoreOn(openDatabase({ path, migrations, name: 'callback' }));
}

/** The callback service's store in a database that is open, with its schema in it. Closing the store closes it. */
export function callbackStoreOn(db: Database): CallbackStore {
	return new SqliteCallbackStore(db);
}

class SqliteCallbackStore implements CallbackStore {
	readonly #db: Database;
	readonly #listeners = new Listeners();

	constructor(db: Database) {
		this.#db = db;
	}

	async putEndpoint(record: NewEndpointRecord, generation?: number): Promise<boolean> {
		await crashpoint('callback.endpoint.put.before');
		const written = await this.#db.write((tx) => endpoints.put(tx, record, generation));
		await crashpoint('callback.endpoint.put.after');
		if (written) {
			this.#listeners.tell({ what: 'endpoints', endpointIds: [record.endpoint.id] });
			this.#listeners.tellOf([record.health.notBefore]);
		}
		return written;
	}

	async resealEndpoint(id: string, revision: number, sealedSecrets: Uint8Array): Promise<boolean> {
		await crashpoint('callback.endpoint.put.before');
		const written = await this.#db.write((tx) => endpoints.reseal(tx, id, revision, sealedSecrets));
		await crashpoint('callback.endpoint.put.after');
		return written;
	}

	async getEndpoints(ids: readonly string[]) {
		return endpoints.getMany(this.#db, ids);
	}

	async endpointsOf(issuerCodes: readonly string[]) {
		return endpoints.ofIssuers(this.#db, issuerCodes);
	}

	async pageOfEndpoints(page: EndpointPage) {
		return endpoints.page(this.#db, page);
	}

	async removeEndpoint(id: string, revision?: number): Promise<boolean> {
		await crashpoint('callback.endpoint.remove.before');
		const removed = await this.#db.write((tx) => endpoints.remove(tx, id, revision));
		await crashpoint('callback.endpoint.remove.after');
		if (removed) this.#listeners.tell({ what: 'endpoints', endpointIds: [id] });
		return removed;
	}

	async setHealth(id: string, generation: number, health: EndpointHealth): Promise<void> {
		await crashpoint('callback.endpoint.health.before');
		await this.#db.write((tx) => endpoints.setHealth(tx, id, generation, health));
		await crashpoint('callback.endpoint.health.after');
		this.#listeners.tellOf([health.notBefore]);
	}

	async endWaits(ids: readonly string[]): Promise<void> {
		if (ids.length === 0) return;
		await crashpoint('callback.endpoint.end-wait.before');
		await this.#db.write((tx) => {
			for (const id of ids) endpoints.endWait(tx, id);
		});
		await crashpoint('callback.endpoint.end-wait.after');
		this.#listeners.tell({ what: 'endpoints', endpointIds: ids });
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
		if (added > 0) {
			this.#listeners.tell({ what: 'deliveries', endpointIds: [...new Set(items.map(({ delivery }) => delivery.endpointId))] });
			this.#listeners.tellOf(items.map(({ dueAt }) => dueAt));
		}
		return added;
	}

	async due(endpointId: string, now: Date, limit: number) {
		return deliveries.due(this.#db, endpointId, now, limit);
	}

	async settle(results: readonly DeliveryResult[]): Promise<readonly boolean[]> {
		await crashpoint('callback.deliveries.settle.before');
		const counted = await this.#db.write((tx) => results.map((result) => deliveries.settle(tx, result)));
		await crashpoint('callback.deliveries.settle.after');
		this.#listeners.tellOf(results.map(({ dueAt }) => dueAt));
		return counted;
	}

	async defer(items: readonly { readonly id: string; readonly until: Date }[]): Promise<void> {
		if (items.length === 0) return;
		await crashpoint('callback.deliveries.defer.before');
		await this.#db.write((tx) => {
			for (const { id, until } of items) tx.run('UPDATE deliveries SET due_at = ? WHERE id = ? AND state = 1', until.getTime(), id);
		});
		await crashpoint('callback.deliveries.defer.after');
		this.#listeners.tellOf(items.map(({ until }) => until));
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
		const next = Math.min(deliveries.nextDue(this.#db, now) ?? Infinity, endpoints.nextWait(this.#db, now) ?? Infinity);
		return Number.isFinite(next) ? new Date(next) : undefined;
	}

	async countDue(endpointIds: readonly string[], now: Date): Promise<number> {
		return deliveries.countDue(this.#db, endpointIds, now);
	}

	async list(query: DeliveryQuery) {
		return deliveries.list(this.#db, query);
	}

	async positionOf(id: string): Promise<string | undefined> {
		return deliveries.positionOf(this.#db, id);
	}

	async redrive(query: RedriveQuery, now: Date, limit: number): Promise<readonly Redriven[]> {
		await crashpoint('callback.deliveries.redrive.before');
		const touched = await this.#db.write((tx) => deliveries.redrive(tx, query, now, limit));
		await crashpoint('callback.deliveries.redrive.after');
		if (touched.length > 0)
			this.#listeners.tell({ what: 'deliveries', endpointIds: [...new Set(touched.map(({ endpointId }) => endpointId))] });
		return touched;
	}

	async prune(before: Date, limit: number): Promise<number> {
		await crashpoint('callback.deliveries.prune.before');
		return this.#db.write((tx) => deliveries.prune(tx, before, limit));
	}

	async ping(): Promise<void> {
		this.#db.get('SELECT 1 FROM endpoints LIMIT 1');
	}

	onWork(listener: Listener): () => void {
		return this.#listeners.add(listener);
	}

	close(): Promise<void> {
		return this.#db.close();
	}
}

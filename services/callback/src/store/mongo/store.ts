import { crashpoint } from '@fefaent/kernel';
import { type MongoDatabase, type MongoOptions, openMongo } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { NewDelivery } from '../../domain/delivery.ts';
import type { EndpointHealth, NewEndpointRecord } from '../../domain/endpoint.ts';
import type { FailureName } from '../../domain/failures.ts';
import { type Listener, Listeners } from '../listeners.ts';
import type { CallbackStore, DeliveryQuery, DeliveryResult, EndpointPage, GiveUp, RedriveQuery } from '../port.ts';
import { MongoDeliveries } from './deliveries.ts';
import { MongoEndpoints } from './endpoints.ts';
import {
	type DeliveryFields,
	deliveriesCollection,
	deliveryPaths,
	type EndpointFields,
	endpointPaths,
	endpointsCollection,
	migrations,
} from './schema.ts';
import { watchOthers } from './watch.ts';

/** How the store is opened. */
export interface MongoCallbackStoreOptions extends Omit<MongoOptions, 'name' | 'migrations'> {
	/** This replica, as no other calls itself: each hears of what the others write. */
	readonly owner: string;
	readonly onError: (error: unknown, where: string) => void;
}

/** Opens the callback service's own MongoDB database: an endpoint with its lease is one document, and so is a delivery. */
export function openMongoCallbackStore(options: MongoCallbackStoreOptions): CallbackStore & { prepare(): Promise<void> } {
	return new MongoCallbackStore(options);
}

class MongoCallbackStore implements CallbackStore {
	readonly #options: MongoCallbackStoreOptions;
	readonly #db: MongoDatabase;
	readonly #models: { readonly endpoints: Model<EndpointFields>; readonly deliveries: Model<DeliveryFields> };
	readonly #endpoints: MongoEndpoints;
	readonly #deliveries: MongoDeliveries;
	readonly #listeners = new Listeners();
	#unwatch: readonly (() => Promise<void>)[] = [];

	constructor(options: MongoCallbackStoreOptions) {
		this.#options = options;
		this.#db = openMongo({ ...options, name: 'callback', migrations });
		this.#models = {
			endpoints: this.#db.model(endpointsCollection, endpointPaths),
			deliveries: this.#db.model(deliveriesCollection, deliveryPaths),
		};
		this.#endpoints = new MongoEndpoints(this.#models.endpoints, options.owner);
		this.#deliveries = new MongoDeliveries(this.#db, this.#models.deliveries, options.owner);
	}

	async prepare(): Promise<void> {
		await this.#db.prepare();
		if (this.#unwatch.length === 0) this.#unwatch = watchOthers(this.#models, this.#endpoints, this.#listeners, this.#options);
	}

	async putEndpoint(record: NewEndpointRecord, generation?: number): Promise<boolean> {
		await crashpoint('callback.endpoint.put.before');
		const written = await this.#db.run(() => this.#endpoints.put(record, generation));
		await crashpoint('callback.endpoint.put.after');
		if (written) {
			this.#listeners.tell({ what: 'endpoints', endpointIds: [record.endpoint.id] });
			this.#listeners.tellOf([record.health.notBefore]);
		}
		return written;
	}

	async resealEndpoint(id: string, revision: number, sealedSecrets: Uint8Array): Promise<boolean> {
		await crashpoint('callback.endpoint.put.before');
		const written = await this.#db.run(() => this.#endpoints.reseal(id, revision, sealedSecrets));
		await crashpoint('callback.endpoint.put.after');
		return written;
	}

	getEndpoints(ids: readonly string[]) {
		return this.#db.run(() => this.#endpoints.getMany(ids));
	}

	endpointsOf(issuerCodes: readonly string[]) {
		return this.#db.run(() => this.#endpoints.ofIssuers(issuerCodes));
	}

	pageOfEndpoints(page: EndpointPage) {
		return this.#db.run(() => this.#endpoints.page(page));
	}

	async removeEndpoint(id: string, revision?: number): Promise<boolean> {
		await crashpoint('callback.endpoint.remove.before');
		const removed = await this.#db.run(() => this.#endpoints.remove(id, revision));
		await crashpoint('callback.endpoint.remove.after');
		if (removed) this.#listeners.tell({ what: 'endpoints', endpointIds: [id] });
		return removed;
	}

	async setHealth(id: string, generation: number, health: EndpointHealth): Promise<void> {
		await crashpoint('callback.endpoint.health.before');
		await this.#db.run(() => this.#endpoints.setHealth(id, generation, health));
		await crashpoint('callback.endpoint.health.after');
		this.#listeners.tellOf([health.notBefore]);
	}

	async endWaits(ids: readonly string[]): Promise<void> {
		if (ids.length === 0) return;
		await crashpoint('callback.endpoint.end-wait.before');
		await this.#db.run(() => this.#endpoints.endWaits(ids));
		await crashpoint('callback.endpoint.end-wait.after');
		this.#listeners.tell({ what: 'endpoints', endpointIds: ids });
	}

	async lease(endpointId: string, owner: string, realNow: number, until: number): Promise<boolean> {
		await crashpoint('callback.endpoint.lease.before');
		const taken = await this.#db.run(() => this.#endpoints.lease(endpointId, owner, realNow, until));
		await crashpoint('callback.endpoint.lease.after');
		return taken;
	}

	release(owner: string, endpointId?: string, leaving = false): Promise<void> {
		return this.#db.run(() => this.#endpoints.release(owner, endpointId, leaving));
	}

	async record(items: readonly NewDelivery[]): Promise<number> {
		if (items.length === 0) return 0;
		await crashpoint('callback.deliveries.record.before');
		const added = await this.#db.run(() => this.#deliveries.insert(items));
		await crashpoint('callback.deliveries.record.after');
		if (added > 0) {
			this.#listeners.tell({ what: 'deliveries', endpointIds: [...new Set(items.map(({ delivery }) => delivery.endpointId))] });
			this.#listeners.tellOf(items.map(({ dueAt }) => dueAt));
		}
		return added;
	}

	due(endpointId: string, now: Date, limit: number) {
		return this.#db.run(() => this.#deliveries.due(endpointId, now, limit));
	}

	async settle(results: readonly DeliveryResult[]): Promise<readonly boolean[]> {
		await crashpoint('callback.deliveries.settle.before');
		const counted = await this.#db.run(() => this.#deliveries.settle(results));
		await crashpoint('callback.deliveries.settle.after');
		this.#listeners.tellOf(results.map(({ dueAt }) => dueAt));
		return counted;
	}

	async defer(items: readonly { readonly id: string; readonly until: Date }[]): Promise<void> {
		if (items.length === 0) return;
		await crashpoint('callback.deliveries.defer.before');
		await this.#db.run(() => this.#deliveries.defer(items));
		await crashpoint('callback.deliveries.defer.after');
		this.#listeners.tellOf(items.map(({ until }) => until));
	}

	async giveUp(request: GiveUp): Promise<number> {
		await crashpoint('callback.deliveries.give-up.before');
		const count = await this.#db.run(() => this.#deliveries.giveUp(request));
		await crashpoint('callback.deliveries.give-up.after');
		return count;
	}

	async forget(notificationIds: readonly number[], why: FailureName, now: Date): Promise<number> {
		await crashpoint('callback.deliveries.forget.before');
		const count = await this.#db.run(() => this.#deliveries.forget(notificationIds, why, now));
		await crashpoint('callback.deliveries.forget.after');
		return count;
	}

	endpointsDue(now: Date) {
		return this.#db.run(() => this.#deliveries.endpointsDue(now));
	}

	async nextInstant(now: Date): Promise<Date | undefined> {
		const ends = await this.#db.run(() => Promise.all([this.#deliveries.nextDue(now), this.#endpoints.nextEnd(now)]));
		const next = Math.min(...ends.map((one) => one?.getTime() ?? Number.POSITIVE_INFINITY));
		return Number.isFinite(next) ? new Date(next) : undefined;
	}

	async countDue(endpointIds: readonly string[], now: Date): Promise<number> {
		if (endpointIds.length === 0) return 0;
		return this.#db.run(() => this.#deliveries.countDue(endpointIds, now));
	}

	list(query: DeliveryQuery) {
		return this.#db.run(() => this.#deliveries.list(query));
	}

	positionOf(id: string): Promise<string | undefined> {
		return this.#db.run(() => this.#deliveries.positionOf(id));
	}

	async redrive(query: RedriveQuery, now: Date, limit: number) {
		await crashpoint('callback.deliveries.redrive.before');
		const touched = await this.#db.run(() => this.#deliveries.redrive(query, now, limit));
		await crashpoint('callback.deliveries.redrive.after');
		if (touched.length > 0)
			this.#listeners.tell({ what: 'deliveries', endpointIds: [...new Set(touched.map(({ endpointId }) => endpointId))] });
		return touched;
	}

	async prune(before: Date, limit: number): Promise<number> {
		await crashpoint('callback.deliveries.prune.before');
		return this.#db.run(() => this.#deliveries.prune(before, limit));
	}

	ping(): Promise<void> {
		return this.#db.ping();
	}

	onWork(listener: Listener): () => void {
		return this.#listeners.add(listener);
	}

	async close(): Promise<void> {
		await Promise.all(this.#unwatch.map((end) => end()));
		await this.#db.close();
	}
}

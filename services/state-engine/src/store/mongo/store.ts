import { crashpoint } from '@fefaent/kernel';
import {
	conditionalPipeline,
	losersOf,
	type MongoDatabase,
	type MongoOptions,
	openMongo,
	ShardLeases,
	watchCollection,
} from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { Instance, InstanceChange, InstanceStep } from '../../domain/instance.ts';
import type { ClaimedTimer, ClaimTimers, QueueLook, StateEngineStore, TimerResult } from '../port.ts';
import { instanceOf, newDocument } from './documents.ts';
import { changeTimers, derive, timerFields } from './pipelines.ts';
import { type InstanceFields, instancePaths, instancesCollection, migrations, queues, shardCount } from './schema.ts';
import { MongoTimers } from './timers.ts';

/** How the store is opened. */
export interface MongoStateEngineStoreOptions extends Omit<MongoOptions, 'name' | 'migrations'> {
	/** This replica, as no other calls itself: replicas share the queue of timers out. */
	readonly owner: string;
	readonly onError: (error: unknown, where: string) => void;
}

/** Opens the state-engine's own MongoDB database: an instance and its timers are one document. */
export function openMongoStateEngineStore(options: MongoStateEngineStoreOptions): StateEngineStore & { prepare(): Promise<void> } {
	return new MongoStateEngineStore(options);
}

class MongoStateEngineStore implements StateEngineStore {
	readonly #options: MongoStateEngineStoreOptions;
	readonly #db: MongoDatabase;
	readonly #model: Model<InstanceFields>;
	readonly #timers: MongoTimers;
	readonly #leases: ShardLeases;
	readonly #listeners = new Set<() => void>();
	#unwatch: (() => Promise<void>) | undefined;

	constructor(options: MongoStateEngineStoreOptions) {
		const { owner, onError } = options;
		this.#options = options;
		this.#db = openMongo({ ...options, name: 'state-engine', migrations });
		this.#model = this.#db.model(instancesCollection, instancePaths);
		this.#leases = new ShardLeases({
			db: this.#db,
			kind: 'timers',
			shards: shardCount,
			owner,
			onGained: () => this.#scheduled(),
			// Its timers would wait for the ends of their leases. One that was only held up has its results left aside.
			onDead: async (dead) => {
				if ((await this.releaseLeases(dead)) > 0) this.#scheduled();
			},
			onError,
		});
		this.#timers = new MongoTimers(this.#model, () => this.#leases.held);
	}

	prepare(): Promise<void> {
		return this.#db.prepare();
	}

	async join(): Promise<void> {
		await this.#leases.start();
		// Timers of this replica's part of the queue are set by others, too.
		this.#unwatch = watchCollection({
			model: this.#model,
			match: {
				$or: [
					{ operationType: 'insert' },
					...queues.map((queue) => ({ [`updateDescription.updatedFields.${queue}FreshAt`]: { $exists: true } })),
				],
			},
			onChange: () => this.#scheduled(),
			onError: this.#options.onError,
		});
	}

	getMany(ids: readonly number[]): Promise<readonly (Instance | undefined)[]> {
		return this.#db.run(async () => {
			const found = await this.#model.find({ _id: { $in: [...ids] } }).lean();
			const instances = new Map(found.map((one) => [one._id, instanceOf(one as InstanceFields)]));
			return ids.map((id) => instances.get(id));
		});
	}

	async applyMany(changes: readonly InstanceChange[]): Promise<readonly ('written' | 'stale')[]> {
		await crashpoint('engine.instances.before');
		const written = await this.#db.run(() => this.#apply(changes));
		await crashpoint('engine.instances.after');
		if (changes.some((change) => change.kind === 'step' && change.schedule.length > 0)) this.#scheduled();
		return written;
	}

	async claimDue(request: ClaimTimers): Promise<readonly ClaimedTimer[]> {
		await crashpoint('engine.timers.claim.before');
		const claimed = await this.#db.run(() => this.#timers.claim(request));
		await crashpoint('engine.timers.claim.after');
		return claimed;
	}

	async settle(results: readonly TimerResult[]): Promise<void> {
		await crashpoint('engine.timers.settle.before');
		await this.#db.run(() => this.#timers.settle(results));
		await crashpoint('engine.timers.settle.after');
	}

	releaseLeases(owner: string): Promise<number> {
		return this.#db.run(() => this.#timers.release(owner));
	}

	untilNext(look: QueueLook): Promise<number | undefined> {
		return this.#db.run(() => this.#timers.untilNext(look));
	}

	nextDue(now: Date): Promise<Date | undefined> {
		return this.#db.run(() => this.#timers.nextDue(now));
	}

	countDue(now: Date, realNow: number): Promise<number> {
		return this.#db.run(() => this.#timers.countDue(now, realNow));
	}

	oldestDue(now: Date): Promise<Date | undefined> {
		return this.#db.run(() => this.#timers.oldestDue(now));
	}

	onScheduled(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	ping(): Promise<void> {
		return this.#db.ping();
	}

	leave(): Promise<void> {
		return this.#leases.stop();
	}

	async close(): Promise<void> {
		await this.#unwatch?.();
		await this.#leases.stop();
		await this.#db.close();
	}

	#scheduled(): void {
		for (const listener of this.#listeners) listener();
	}

	async #apply(changes: readonly InstanceChange[]): Promise<readonly ('written' | 'stale')[]> {
		const steps = changes.flatMap((change, index) => (change.kind === 'step' ? [{ change, index }] : []));
		const writes = steps.map(({ change }) => stepOf(change));
		const lost =
			writes.length === 0 ? new Set<number>() : await losersOf(() => this.#model.collection.bulkWrite(writes as never, { ordered: false }));
		const stale = new Set(steps.flatMap(({ index }, place) => (lost.has(place) ? [index] : [])));
		// A bulk does not tell which of its deletions found something; ends are rare.
		await Promise.all(
			changes.map(async (change, index) => {
				if (change.kind !== 'end') return;
				const { deletedCount } = await this.#model.deleteOne({ _id: change.notificationId, revision: change.revision });
				if (deletedCount === 0) stale.add(index);
			}),
		);
		return changes.map((_, index) => (stale.has(index) ? 'stale' : 'written'));
	}
}

function stepOf(step: InstanceStep) {
	const { notificationId: _id, position, notificationVersion, revision } = step.instance;
	if (revision === 1) return { insertOne: { document: newDocument(step) } };
	const removed = [...step.cancel, ...step.schedule.map(({ kind }) => kind)];
	return conditionalPipeline({ _id, revision: revision - 1 }, 'revision', [
		changeTimers(removed, step.schedule.map(timerFields)),
		derive,
		{ $set: { state: { $literal: position.state }, notificationVersion, revision } },
	]);
}

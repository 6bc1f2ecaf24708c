import { type AnyBulkWriteOperation, type Model, Schema } from 'mongoose';
import type { OutboxEvent } from '../outbox-event.ts';
import { bytes } from './bytes.ts';
import type { MongoIndex } from './migrate.ts';
import type { MongoDatabase } from './open.ts';
import { ShardLeases } from './shards.ts';
import { watchCollection } from './watch.ts';

/** How many parts the outbox of a collection is shared out in among replicas. Never change it: it stands in documents. */
const shardCount = 16;

/** An event as it waits in the document of the fact that it tells. */
interface WaitingEvent extends Omit<OutboxEvent, 'headers'> {
	readonly headers: string;
}

/** What a document carries while events of it wait to be published. */
export interface OutboxFields {
	readonly outbox?: readonly WaitingEvent[];
	/** When the first of them was written; absent when none waits. Real time. */
	readonly outboxAt?: Date;
	readonly outboxShard?: number;
}

/** Spread it into the schema of a collection whose documents carry events. */
export const outboxPaths = {
	outbox: {
		type: [
			new Schema({ eventId: String, topic: String, key: String, type: String, at: Date, headers: String, body: Buffer }, { _id: false }),
		],
		default: undefined,
	},
	outboxAt: Date,
	outboxShard: Number,
};

const indexKey = { outboxShard: 1, outboxAt: 1 } as const;

/** The index that a relay looks by: of documents with events that wait only. */
export function outboxIndex(collection: string): MongoIndex {
	return { collection, key: indexKey, partialFilterExpression: { outboxAt: { $exists: true } } };
}

/** The fields of a new document that has events. */
export function outboxOf(id: number, events: readonly OutboxEvent[], now = new Date()): OutboxFields {
	return events.length === 0 ? {} : { outbox: events.map(waiting), outboxAt: now, outboxShard: id % shardCount };
}

/** The parts of an update that add events to a document, behind those that wait already. */
export function outboxUpdate(id: number, events: readonly OutboxEvent[], now = new Date()) {
	if (events.length === 0) return {};
	// The place in line is that of the oldest event: `$min` keeps one that is there.
	return { $push: { outbox: { $each: events.map(waiting) } }, $min: { outboxAt: now }, $max: { outboxShard: id % shardCount } };
}

const waiting = (event: OutboxEvent): WaitingEvent => ({ ...event, headers: JSON.stringify(event.headers), body: Buffer.from(event.body) });

/** An event taken from the outbox, and where it waits. */
export interface WaitingRow extends OutboxEvent {
	readonly document: number;
}

/** How an outbox is opened. */
export interface MongoOutboxOptions {
	readonly db: MongoDatabase;
	/** The model of the collection that carries the events. */
	readonly model: Model<never>;
	/** This replica. */
	readonly owner: string;
	readonly onError: (error: unknown, where: string) => void;
}

/**
 * The outbox of the documents of one collection: events are written in the document of the fact that they tell, in the same write. Replicas share
 * the documents out, so each event is relayed by one of them; those of one document stay in order.
 */
export class MongoOutbox {
	readonly #options: MongoOutboxOptions;
	readonly #model: Model<OutboxFields & { _id: number }>;
	readonly #leases: ShardLeases;
	readonly #listeners = new Set<() => void>();
	/** Parts of which events were taken and are not done. */
	#underWay: ReadonlySet<number> = new Set();
	#unwatch: (() => Promise<void>) | undefined;
	#started: Promise<void> | undefined;
	#closed = false;

	constructor(options: MongoOutboxOptions) {
		this.#options = options;
		this.#model = options.model as unknown as Model<OutboxFields & { _id: number }>;
		this.#leases = new ShardLeases({
			db: options.db,
			kind: 'outbox',
			shards: shardCount,
			owner: options.owner,
			onGained: () => this.written(),
			inUse: () => this.#underWay,
			onError: options.onError,
		});
	}

	/** Tells that this process wrote events. */
	written(): void {
		for (const listener of this.#listeners) listener();
	}

	/** The first events that wait, of the documents that this replica relays: those of about `limit` documents. The same ones until they are done. */
	async take(limit: number): Promise<readonly WaitingRow[]> {
		this.#started ??= this.#start();
		await this.#started;
		this.#underWay = new Set();
		const shards = this.#leases.held;
		if (shards.length === 0) return [];
		const found = await this.#options.db.run(() =>
			this.#model
				.find({ outboxShard: { $in: shards }, outboxAt: { $exists: true } }, { outbox: 1, outboxShard: 1 })
				.sort({ outboxAt: 1 })
				.limit(limit)
				.lean(),
		);
		// While this was read, however long that took, some may have gone to another replica.
		const held = new Set(this.#leases.held);
		const documents = found.filter(({ outboxShard }) => outboxShard !== undefined && held.has(outboxShard));
		this.#underWay = new Set(documents.flatMap(({ outboxShard }) => (outboxShard === undefined ? [] : [outboxShard])));
		return documents.flatMap(({ _id, outbox = [] }) => outbox.map((event) => rowOf(_id, event)));
	}

	/** Forgets published events. Repeating it does no harm. */
	async done(rows: readonly WaitingRow[]): Promise<void> {
		if (rows.length === 0) return;
		const operations = [...Map.groupBy(rows, (row) => row.document)].map(([_id, published]): AnyBulkWriteOperation<OutboxFields> => {
			const ids = published.map((row) => row.eventId);
			return {
				updateOne: {
					filter: { _id, outboxAt: { $exists: true } },
					update: [
						{ $set: { outbox: { $filter: { input: '$outbox', cond: { $not: [{ $in: ['$$this.eventId', ids] }] } } } } },
						{ $set: { outboxAt: { $cond: [{ $gt: [{ $size: '$outbox' }, 0] }, '$outboxAt', '$$REMOVE'] } } },
					],
				},
			};
		});
		await this.#options.db.run(() => this.#model.collection.bulkWrite(operations as never, { ordered: false }));
		this.#underWay = new Set();
		// What another replica put behind these wakes nobody: the document waited already.
		this.written();
	}

	/** Events' documents that wait, of all replicas; or `most` if they are more. */
	async depth(most?: number): Promise<number> {
		const options = { hint: indexKey, ...(most !== undefined && { limit: most }) };
		return this.#options.db.run(() => this.#model.countDocuments({ outboxAt: { $exists: true } }, options));
	}

	/** When what the event tells of happened that waits longest, of all replicas: the environment's time. */
	async oldestAt(): Promise<Date | undefined> {
		const shards = Array.from({ length: shardCount }, (_, shard) => shard);
		const waits = { outboxShard: { $in: shards }, outboxAt: { $exists: true } };
		const first = this.#model.findOne(waits, { 'outbox.at': 1 }).sort({ outboxAt: 1 });
		const oldest = (await this.#options.db.run(() => first.lean())) as OutboxFields | null;
		return oldest?.outbox?.[0]?.at;
	}

	/** Calls `listener` when there may be events to take. Returns a function that stops it. */
	onCommitted(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Leaves what waits to the other replicas. */
	async close(): Promise<void> {
		this.#closed = true;
		await this.#started?.catch(() => {});
		await this.#unwatch?.();
		await this.#leases.stop();
	}

	async #start(): Promise<void> {
		await this.#leases.start();
		if (this.#closed) return;
		// For what other replicas wrote; without it the relay's own polling finds everything, a little later.
		this.#unwatch = watchCollection({
			model: this.#model,
			// Where events begin to wait: not what is published, nor what else becomes of the document. One behind others that wait goes with them, or a
			// poll later.
			match: { $or: [{ 'fullDocument.outboxAt': { $exists: true } }, { 'updateDescription.updatedFields.outboxAt': { $exists: true } }] },
			onChange: () => this.written(),
			onError: this.#options.onError,
		});
	}
}

function rowOf(document: number, event: WaitingEvent): WaitingRow {
	const { eventId, topic, key, type, at, headers, body } = event;
	return { document, eventId, topic, key, type, at, headers: JSON.parse(headers) as Record<string, string>, body: bytes(body) };
}

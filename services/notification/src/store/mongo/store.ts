import { Notification } from '@fefaent/contracts/notification';
import { Batcher } from '@fefaent/kernel';
import { type Job, startJob } from '@fefaent/service-kit';
import { bytes, conditionalUpdate, losersOf, type MongoOptions, MongoOutbox, openMongo, unordered } from '@fefaent/store-kit/mongo';
import { type GridFsBlobs, gridFsBlobs } from '../../blobs/gridfs.ts';
import { issuerOf } from '../../domain/record.ts';
import type { Arrival, Insertion, NotificationStore, Replacement, Written } from '../port.ts';
import { documentOf, readFields, storedOf, updateOf } from './documents.ts';
import { claimsFilter, searchFilter } from './queries.ts';
import {
	type CounterFields,
	counterPaths,
	countersCollection,
	migrations,
	type NotificationFields,
	notificationPaths,
	notificationsCollection,
} from './schema.ts';

/** How the store is opened. */
export interface MongoNotificationStoreOptions extends Omit<MongoOptions, 'name' | 'migrations'> {
	/** This replica, as no other calls itself. */
	readonly owner: string;
	readonly onError: (error: unknown, where: string) => void;
}

/** A store that has to be prepared before it is used. */
export interface MongoNotificationStore extends NotificationStore {
	/** Blobs in GridFS, in the same database. */
	readonly blobs: GridFsBlobs;
	/** Checks the server and brings the schema up to date. @throws what `prepare` of store-kit throws */
	prepare(): Promise<void>;
}

/** Between two looks for what uploads of blobs left that broke off, in milliseconds. */
const sweepMs = 3_600_000;

/** Opens the notification service's own MongoDB database. What arrives together is written as one bulk. */
export function openMongoNotificationStore(options: MongoNotificationStoreOptions): MongoNotificationStore {
	const db = openMongo({ ...options, name: 'notification', migrations });
	const notifications = db.model<NotificationFields>(notificationsCollection, notificationPaths);
	const counters = db.model<CounterFields>(countersCollection, counterPaths);
	const outbox = new MongoOutbox({ db, model: notifications as never, ...options });

	const blobs = gridFsBlobs(db, options.onError);
	let sweeping: Job | undefined;

	const inserting = new Batcher<Arrival, Insertion>((arrivals) => db.run(() => insert(arrivals)), { maxRuns: 8 });
	const replacing = new Batcher<Replacement, Written>((items) => db.run(() => replace(items)), { maxRuns: 8 });

	async function insert(arrivals: readonly Arrival[]): Promise<readonly Insertion[]> {
		// Of two that give one reference the first is inserted: the second waits for what becomes of it.
		const firsts = new Map<string, number>();
		const turns = arrivals.map(({ notification, reference }, index) => {
			if (reference === undefined) return index;
			const key = `${issuerOf(notification)}\n${reference}`;
			if (!firsts.has(key)) firsts.set(key, index);
			return firsts.get(key) ?? index;
		});
		const insertable = turns.flatMap((first, index) => (first === index ? [index] : []));
		const lost = await losersOf(() =>
			notifications.bulkWrite(
				insertable.map((index) => ({ insertOne: { document: documentOf(arrivals[index] as Arrival) } })) as never,
				unordered,
			),
		);
		const inserted = new Set(insertable.filter((_, place) => !lost.has(place)));
		if (inserted.size > 0) outbox.written();
		const others = arrivals.flatMap((arrival, index) => (inserted.has(index) ? [] : [arrival]));
		const owners = others.length === 0 ? new Map<string, NotificationFields>() : await ownersOf(others);
		return arrivals.map((arrival, index) => (inserted.has(index) ? { kind: 'inserted' } : existing(arrival, owners)));
	}

	async function ownersOf(arrivals: readonly Arrival[]): Promise<ReadonlyMap<string, NotificationFields>> {
		const pairs = arrivals.map(({ notification, reference = '' }) => ({ reference, issuer: issuerOf(notification) }));
		const found = await notifications.find({ $or: pairs }, { issuer: 1, reference: 1, fingerprint: 1, document: 1 }).lean();
		return new Map(found.map((one) => [`${one.issuer}\n${one.reference}`, one as NotificationFields]));
	}

	function existing({ notification, reference = '' }: Arrival, owners: ReadonlyMap<string, NotificationFields>): Insertion {
		const owner = owners.get(`${issuerOf(notification)}\n${reference}`);
		if (!owner?.document || !owner.fingerprint) throw new Error('a taken reference has no owner');
		const { id, iun } = Notification.decode(bytes(owner.document));
		return { kind: 'existing', id, iun, fingerprint: bytes(owner.fingerprint) };
	}

	async function replace(items: readonly Replacement[]): Promise<readonly Written[]> {
		const lost = await losersOf(() =>
			notifications.bulkWrite(
				items.map((item) => {
					const _id = item.next.kind === 'live' ? item.next.notification.id : item.next.tombstone.id;
					return conditionalUpdate({ _id, version: item.expectedVersion }, updateOf(item));
				}) as never,
				unordered,
			),
		);
		if (lost.size < items.length && items.some((item) => item.events.length > 0)) outbox.written();
		return items.map((_, index) => (lost.has(index) ? 'stale' : 'written'));
	}

	return {
		prepare: async () => {
			await db.prepare();
			sweeping ??= startJob({
				name: 'blob sweep',
				everyMs: sweepMs,
				run: async () => ((await blobs.sweep()) ? 'again' : 'idle'),
				onError: (error) => options.onError(error, 'blob sweep'),
			});
		},
		blobs,
		outbox,
		reserveIds: (count) =>
			db.run(async () => {
				const before = await counters
					.findOneAndUpdate({ _id: 'notification' }, { $inc: { next: count } }, { returnDocument: 'before' })
					.lean();
				if (!before) throw new Error('the counter of notifications is missing');
				return before.next;
			}),
		insertMany: (arrivals) => Promise.all(arrivals.map((arrival) => inserting.add(arrival))),
		replaceMany: (items) => Promise.all(items.map((item) => replacing.add(item))),
		getMany: (ids) =>
			db.run(async () => {
				const found = await notifications.find({ _id: { $in: [...ids] } }, readFields).lean();
				return new Map(found.map((one) => [one._id, storedOf(one as NotificationFields)]));
			}),
		search: (query) =>
			db.run(async () => {
				const found = await notifications.find(searchFilter(query), { document: 1 }).sort({ _id: -1 }).limit(query.limit).lean();
				return found.map(decode);
			}),
		claimsBefore: (before, limit, after) =>
			db.run(async () => {
				const sorted = notifications.find(claimsFilter(before, after), { document: 1 }).sort({ claimedAt: 1, _id: 1 });
				return (await sorted.limit(limit).lean()).map(decode);
			}),
		ping: () => db.ping(),
		close: async () => {
			await sweeping?.stop();
			await outbox.close();
			await db.close();
		},
	};
}

function decode({ document }: Pick<NotificationFields, 'document'>): Notification {
	if (!document) throw new Error('a live notification has no document');
	return Notification.decode(bytes(document));
}

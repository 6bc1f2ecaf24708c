import { type MongoDatabase, type MongoOptions, openMongo, ShardLeases, watchCollection } from '@fefaent/store-kit/mongo';
import type { Model } from 'mongoose';
import type { NotifierStore } from '../port.ts';
import { NotificationDocuments } from './collection.ts';
import { channelNames } from './documents.ts';
import { MongoMessages } from './messages.ts';
import { MongoNotices } from './notices.ts';
import { NoticeQueue } from './queue.ts';
import { migrations, type NotificationFields, notificationPaths, notificationsCollection, shardCount } from './schema.ts';
import { MongoTemplates } from './templates.ts';

/** How the store is opened. */
export interface MongoNotifierStoreOptions extends Omit<MongoOptions, 'name' | 'migrations'> {
	/** This replica, as no other calls itself: replicas share the queues of notices out. */
	readonly owner: string;
	readonly onError: (error: unknown, where: string) => void;
}

/** Opens the notifier's own MongoDB database: a notification's notices, and the events that they come from, are one document. */
export function openMongoNotifierStore(options: MongoNotifierStoreOptions): NotifierStore & { prepare(): Promise<void> } {
	const { owner, onError } = options;
	const db = openMongo({ ...options, name: 'notifier', migrations });
	const model: Model<NotificationFields> = db.model(notificationsCollection, notificationPaths);
	const documents = new NotificationDocuments(model);
	const messages = new MongoMessages(db);
	const leases = new ShardLeases({
		db,
		kind: 'notices',
		shards: shardCount,
		owner,
		onGained: () => notices.scheduled(),
		onError,
	});
	const queue = new NoticeQueue(documents, () => leases.held);
	const notices = new MongoNotices({ db, documents, queue, forgetMessages: (ids) => messages.forget(ids) });
	let unwatch: (() => Promise<void>) | undefined;
	return {
		notices,
		templates: new MongoTemplates(db),
		messages,
		prepare: () => db.prepare(),
		join: async () => {
			await leases.start();
			unwatch = watchDue(model, () => notices.scheduled(), onError);
		},
		ping: () => db.ping(),
		leave: () => leases.stop(),
		close: () => close(db, leases, unwatch),
	};
}

/** Notices of this replica's part of the queues are recorded by others, too. */
function watchDue(model: Model<NotificationFields>, onChange: () => void, onError: MongoNotifierStoreOptions['onError']) {
	const due = channelNames.map((name) => ({ [`updateDescription.updatedFields.${name}Due.freshAt`]: { $exists: true } }));
	return watchCollection({ model, match: { $or: [{ operationType: 'insert' }, ...due] }, onChange, onError });
}

async function close(db: MongoDatabase, leases: ShardLeases, unwatch: (() => Promise<void>) | undefined): Promise<void> {
	await unwatch?.();
	await leases.stop();
	await db.close();
}

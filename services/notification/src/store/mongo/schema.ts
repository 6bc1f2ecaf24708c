import {
	leasesCollection,
	type MongoMigration,
	type OutboxFields,
	outboxIndex,
	outboxPaths,
	type SchemaPaths,
} from '@fefaent/store-kit/mongo';
import { blobIndexes } from '../../blobs/gridfs.ts';
import { blobRegisterSchema } from '../../blobs/gridfs-register.ts';

/** A notification as it lies in MongoDB: the protobuf message, and beside it what it is found by. A purged one has no `document`. */
export interface NotificationFields extends OutboxFields {
	readonly _id: number;
	readonly version: number;
	readonly issuer: string;
	readonly reference?: string;
	readonly fingerprint?: Uint8Array;
	/** The number of the proto enum. */
	readonly state?: number;
	readonly claimedAt?: Date;
	readonly document?: Uint8Array;
	readonly purgedAt?: Date;
	readonly exportKey?: string;
}

/** The collection of {@link NotificationFields}. */
export const notificationsCollection = 'notifications';

/** The paths of {@link NotificationFields}. */
export const notificationPaths: SchemaPaths = {
	_id: Number,
	version: { type: Number, required: true },
	issuer: { type: String, required: true },
	reference: String,
	fingerprint: Buffer,
	state: Number,
	claimedAt: Date,
	document: Buffer,
	purgedAt: Date,
	exportKey: String,
	...outboxPaths,
};

/** Blocks of ids are taken from here. */
export interface CounterFields {
	readonly _id: string;
	readonly next: number;
}

/** The collection of {@link CounterFields}. */
export const countersCollection = 'counters';

/** The paths of {@link CounterFields}. */
export const counterPaths: SchemaPaths = { _id: String, next: { type: Number, required: true } };

const live = { document: { $exists: true } };
const collection = notificationsCollection;

/** The schema's steps. Every index but the first is of live notifications, and ends with the id, which is the order that a search answers in. */
export const migrations: readonly MongoMigration[] = [
	{
		version: 1,
		name: 'notifications, id counter, outbox',
		collections: [notificationsCollection, countersCollection, leasesCollection],
		indexes: [
			{ collection, key: { reference: 1, issuer: 1 }, unique: true, partialFilterExpression: { reference: { $exists: true } } },
			{ collection, key: { reference: 1, _id: -1 }, partialFilterExpression: { reference: { $exists: true } } },
			{ collection, key: { issuer: 1, _id: -1 }, partialFilterExpression: live },
			{ collection, key: { issuer: 1, state: 1, _id: -1 }, partialFilterExpression: live },
			{ collection, key: { state: 1, _id: -1 }, partialFilterExpression: live },
			{ collection, key: { claimedAt: 1, _id: 1 }, partialFilterExpression: { claimedAt: { $exists: true } } },
			outboxIndex(collection),
			...blobIndexes,
		],
		seeds: [{ collection: countersCollection, document: { _id: 'notification', next: 1 } }],
	},
	{ version: 2, name: 'register of blobs', ...blobRegisterSchema },
];

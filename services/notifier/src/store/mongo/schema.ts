import { leasesCollection, type MongoIndex, type MongoMigration, type SchemaPaths } from '@fefaent/store-kit/mongo';
import { Schema } from 'mongoose';

/** A notice in the document of its notification. Kind and state are the numbers of the proto enums. */
export interface NoticeFields {
	readonly id: string;
	readonly recipientIndex: number;
	readonly kind: number;
	readonly state: number;
	readonly attempts: number;
	readonly recordedAt: Date;
	readonly dueAt: Date;
	readonly settledAt?: Date;
	/** The protobuf NoticeDocument. */
	readonly document: Uint8Array;
	/** Real time, milliseconds since 1970, at which its lease ends; 0: it has none. */
	readonly freeAt: number;
	readonly owner?: string;
}

/** The notices of one channel. */
export interface ChannelFields {
	/** Every write of them is one more, from a first one drawn by lot: what was worked out from one revision is written over no other. */
	readonly revision: number;
	readonly notices: readonly NoticeFields[];
}

/** What the notices of a channel are found by, in the order of the queue above all: always derived from them, in the same write. */
export interface DueFields {
	/** The earliest `dueAt` of pending notices without a lease; absent without any. */
	readonly freshAt?: Date;
	/** The earliest `freeAt` of pending notices with one; absent without any. */
	readonly heldAt?: number;
	/** Who has leases, those of notices that were dropped under way included; absent when nobody has. */
	readonly owners?: readonly string[];
	/** Ids of those that failed; absent without any. */
	readonly failed?: readonly string[];
	/** The first of these ids, and the last. */
	readonly failedFirst?: string;
	readonly failedLast?: string;
}

/** An event that had its effect. */
export interface SeenFields {
	readonly id: string;
	/** Real time. */
	readonly at: Date;
}

/**
 * All that is kept of a notification: its notices, and which events had their effect on them. A purge leaves the events, so that one that comes
 * again brings nothing back. The channels are apart since what sends by one must not get in the way of what sends by the other.
 */
export interface NotificationFields {
	/** The notification's id. */
	readonly _id: number;
	/** Which part of the queues it stands in; see {@link shardCount}. */
	readonly shard: number;
	/** Of `seen`, as each channel has its own. */
	readonly revision: number;
	readonly seen: readonly SeenFields[];
	/** The earliest of `seen`; absent without any. */
	readonly seenAt?: Date;
	readonly email: ChannelFields;
	readonly sms: ChannelFields;
	readonly emailDue: DueFields;
	readonly smsDue: DueFields;
}

/** How many parts the queues are shared out in among replicas. Never change it: it stands in documents. */
export const shardCount = 16;

/** The collection of {@link NotificationFields}. */
export const notificationsCollection = 'notifications';

// Without a default: mongoose would put empty lists into updates that say nothing of them.
const list = (of: object) => ({ type: [of], default: undefined });

const notice = new Schema(
	{
		id: String,
		recipientIndex: Number,
		kind: Number,
		state: Number,
		attempts: Number,
		recordedAt: Date,
		dueAt: Date,
		settledAt: Date,
		document: Buffer,
		freeAt: Number,
		owner: String,
	},
	{ _id: false, id: false, strict: 'throw' },
);
const channelPaths = { revision: Number, notices: list(notice) };
const duePaths = { freshAt: Date, heldAt: Number, owners: list(String), failed: list(String), failedFirst: String, failedLast: String };

/** The paths of {@link NotificationFields}. */
export const notificationPaths: SchemaPaths = {
	_id: Number,
	shard: Number,
	revision: Number,
	seen: list(new Schema({ id: String, at: Date }, { _id: false, id: false, strict: 'throw' })),
	seenAt: Date,
	email: channelPaths,
	sms: channelPaths,
	emailDue: duePaths,
	smsDue: duePaths,
};

/** An override of a template, under its key: ids are compared field by field, so their order is that of issuer, channel, kind and language. */
export interface TemplateFields {
	readonly _id: { readonly issuer: string; readonly channel: number; readonly kind: number; readonly language: number };
	/** The protobuf Template. */
	readonly document: Uint8Array;
}

/** The collection of {@link TemplateFields}. */
export const templatesCollection = 'templates';

/** The paths of {@link TemplateFields}. */
export const templatePaths: SchemaPaths = { _id: Schema.Types.Mixed, document: Buffer };

/** A message of an embedded outbox: an e-mail by its notice's id, an SMS by its reference. */
export interface MessageFields {
	readonly _id: string;
	/** The order in which they came. */
	readonly seq: number;
	readonly notificationId: number;
	/** The protobuf MailMessage or SmsMessage. */
	readonly document: Uint8Array;
}

/** The collections of {@link MessageFields}. */
export const messageCollections = { mails: 'mails', sms: 'sms' } as const;

/** The paths of {@link MessageFields}. */
export const messagePaths: SchemaPaths = { _id: String, seq: Number, notificationId: Number, document: Buffer };

/** The last `seq` that was given out, by collection. */
export interface CounterFields {
	readonly _id: string;
	readonly last: number;
}

/** The collection of {@link CounterFields}. */
export const countersCollection = 'counters';

/** The paths of {@link CounterFields}. */
export const counterPaths: SchemaPaths = { _id: String, last: Number };

const collection = notificationsCollection;

/** An index of the documents that have a path. */
const having = (path: string, key: MongoIndex['key']): MongoIndex => ({
	collection,
	key,
	partialFilterExpression: { [path]: { $exists: true } },
});

/** The schema's steps. */
export const migrations: readonly MongoMigration[] = [
	{
		version: 1,
		name: 'notices by notification, templates, embedded outboxes',
		collections: [notificationsCollection, templatesCollection, ...Object.values(messageCollections), countersCollection, leasesCollection],
		indexes: [
			...['email', 'sms'].flatMap((channel) => [
				having(`${channel}Due.freshAt`, { shard: 1, [`${channel}Due.freshAt`]: 1, _id: 1 }),
				having(`${channel}Due.heldAt`, { shard: 1, [`${channel}Due.heldAt`]: 1, _id: 1 }),
				having(`${channel}Due.owners`, { [`${channel}Due.owners`]: 1 }),
				having(`${channel}.notices.id`, { [`${channel}.notices.id`]: 1 }),
			]),
			having('seenAt', { seenAt: 1 }),
			...Object.values(messageCollections).flatMap((messages) => [
				{ collection: messages, key: { seq: 1 } as const, unique: true },
				{ collection: messages, key: { notificationId: 1 } as const },
			]),
		],
		seeds: Object.values(messageCollections).map((_id) => ({ collection: countersCollection, document: { _id, last: 0 } })),
	},
	{
		version: 2,
		name: 'failed notices in the order of their ids',
		indexes: ['email', 'sms'].flatMap((channel) =>
			['failed', 'failedFirst', 'failedLast'].map((path) => having(`${channel}Due.${path}`, { [`${channel}Due.${path}`]: 1 })),
		),
	},
];

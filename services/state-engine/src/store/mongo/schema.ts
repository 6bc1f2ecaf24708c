import { leasesCollection, type MongoMigration, type SchemaPaths } from '@fefaent/store-kit/mongo';

/** A timer in the document of its instance. */
export interface TimerFields {
	readonly kind: string;
	readonly dueAt: Date;
	readonly proved: boolean;
	readonly attempts: number;
	readonly traceparent?: string;
	/** Real time, milliseconds since 1970, from which it may be taken again: the end of a lease (with an owner) or of a back-off; 0: never taken. */
	readonly freeAt: number;
	readonly owner?: string;
}

/** The queues of timers: of those whose task has to be proved, and of the others. */
export const queues = ['proved', 'plain'] as const;

/** One of {@link queues}. */
export type Queue = (typeof queues)[number];

/** An instance with its timers, and beside them what the queue of timers is ordered by: always derived from them, in the same write. */
export interface InstanceFields {
	/** The notification's id. */
	readonly _id: number;
	readonly workflow: string;
	readonly workflowVersion: number;
	readonly state: string;
	/** JSON. */
	readonly facts: string;
	readonly notificationVersion: number;
	readonly revision: number;
	readonly timers: readonly TimerFields[];
	/** Which part of the queue it stands in; see `shardCount`. */
	readonly shard: number;
	/** The earliest `dueAt` of timers never taken, by queue; absent without any. */
	readonly provedFreshAt?: Date;
	readonly plainFreshAt?: Date;
	/** The earliest `freeAt` of timers that were taken, by queue; absent without any. */
	readonly provedHeldAt?: number;
	readonly plainHeldAt?: number;
	/** The latest `freeAt` of timers with an owner; absent without any. */
	readonly leasedUntil?: number;
}

/** How many parts the queue is shared out in among replicas. Never change it: it stands in documents. */
export const shardCount = 16;

/** The collection of {@link InstanceFields}. */
export const instancesCollection = 'instances';

/** The paths of {@link InstanceFields}. */
export const instancePaths: SchemaPaths = {
	_id: Number,
	workflow: String,
	workflowVersion: Number,
	state: String,
	facts: String,
	notificationVersion: Number,
	revision: Number,
	timers: [
		{ _id: false, kind: String, dueAt: Date, proved: Boolean, attempts: Number, traceparent: String, freeAt: Number, owner: String },
	],
	shard: Number,
	provedFreshAt: Date,
	plainFreshAt: Date,
	provedHeldAt: Number,
	plainHeldAt: Number,
	leasedUntil: Number,
};

const collection = instancesCollection;
const having = (path: string) => ({ partialFilterExpression: { [path]: { $exists: true } } });

/** The schema's steps. */
export const migrations: readonly MongoMigration[] = [
	{
		version: 1,
		name: 'instances with their timers',
		collections: [instancesCollection, leasesCollection],
		indexes: [
			...queues.flatMap((queue) =>
				(['FreshAt', 'HeldAt'] as const).map((field) => ({
					collection,
					key: { shard: 1, [`${queue}${field}`]: 1, _id: 1 } as const,
					...having(`${queue}${field}`),
				})),
			),
			{ collection, key: { leasedUntil: 1 }, ...having('leasedUntil') },
			{ collection, key: { 'timers.owner': 1 }, ...having('leasedUntil') },
		],
	},
];

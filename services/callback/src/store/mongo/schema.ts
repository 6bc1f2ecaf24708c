import { type MongoIndex, type MongoMigration, mongo, type SchemaPaths } from '@fefaent/store-kit/mongo';
import { Schema } from 'mongoose';

/** An endpoint: the protobuf message, and beside it what it is found and decided by. */
export interface EndpointFields {
	readonly _id: string;
	readonly issuerCode: string;
	readonly revision: number;
	/** See `EndpointRecord` of the domain. */
	readonly generation: number;
	readonly document: Uint8Array;
	/** As they are sealed by the service. */
	readonly secrets: Uint8Array;
	readonly failures: number;
	readonly failingSince?: Date;
	readonly notBefore?: Date;
	/** Which replica sends to it, and until when, in milliseconds of real time; absent: none. */
	readonly owner?: string;
	readonly leaseUntil?: number;
	/** A random id and the replica that wrote its last generation: other replicas hear of it. */
	readonly changedBy: string;
}

/** A delivery: the protobuf message, and beside it what it is found and decided by. */
export interface DeliveryFields {
	/** Made of the event and the endpoint, so that an event that comes again makes no second one. */
	readonly _id: string;
	/**
	 * Its place in the order of recording: the server's own cluster time at which it was inserted, which grows from one document to the next and never goes
	 * back, whichever replica asks and whichever server is primary. Not for a sharded collection, whose shards count each for themselves.
	 */
	readonly position: mongo.Timestamp;
	readonly endpointId: string;
	readonly notificationId: number;
	/** See {@link stateNumbers}. */
	readonly state: number;
	/** Only while it is pending. */
	readonly dueAt?: Date;
	/** Only while it is not. */
	readonly settledAt?: Date;
	readonly tries: number;
	/** Grows with each write of the document. */
	readonly revision: number;
	readonly traceparent?: string;
	readonly document: Uint8Array;
	/** The replica that recorded it: the others hear of it. */
	readonly by: string;
}

/** What the server replaces by its cluster time when it stands in a document that is inserted. */
export const clusterTime = new mongo.Timestamp(0n);

/** The collection of {@link EndpointFields}. */
export const endpointsCollection = 'endpoints';
/** The collection of {@link DeliveryFields}. */
export const deliveriesCollection = 'deliveries';

/** The paths of {@link EndpointFields}. */
export const endpointPaths: SchemaPaths = {
	_id: String,
	issuerCode: String,
	revision: Number,
	generation: Number,
	document: Buffer,
	secrets: Buffer,
	failures: Number,
	failingSince: Date,
	notBefore: Date,
	owner: String,
	leaseUntil: Number,
	changedBy: String,
};

/** The paths of {@link DeliveryFields}. */
export const deliveryPaths: SchemaPaths = {
	_id: String,
	// Mongoose has no type for it.
	position: Schema.Types.Mixed,
	endpointId: String,
	notificationId: Number,
	state: Number,
	dueAt: Date,
	settledAt: Date,
	tries: Number,
	revision: Number,
	traceparent: String,
	document: Buffer,
	by: String,
};

/** What deliveries are found by. Each question names the one that it is answered by: which one is best does not depend on what the server tried before. */
export const keys = {
	/** Of what is pending only: the queue of an endpoint. */
	queue: { endpointId: 1, dueAt: 1, position: 1 },
	/** Of what is pending only: what comes before what about a notification. */
	lane: { notificationId: 1, endpointId: 1, position: 1 },
	/** Of what is pending only. */
	due: { dueAt: 1 },
	ofEndpoint: { endpointId: 1, state: 1, position: 1 },
	ofNotification: { notificationId: 1, position: 1 },
	ofState: { state: 1, position: 1 },
	/** Of what is settled only. */
	settled: { settledAt: 1 },
	id: { _id: 1 },
} as const;

/** Endpoints of an issuer by their age. */
export const byIssuer = { issuerCode: 1, _id: 1 } as const;

const having = (path: string) => ({ partialFilterExpression: { [path]: { $exists: true } } });
const deliveries = (key: MongoIndex['key'], path?: string): MongoIndex => ({
	collection: deliveriesCollection,
	key,
	...(path !== undefined && having(path)),
});

/** The schema's steps. */
export const migrations: readonly MongoMigration[] = [
	{
		version: 1,
		name: 'endpoints and deliveries',
		collections: [endpointsCollection, deliveriesCollection],
		indexes: [
			{ collection: endpointsCollection, key: byIssuer },
			{ collection: endpointsCollection, key: { notBefore: 1 }, ...having('notBefore') },
			{ collection: endpointsCollection, key: { owner: 1 }, ...having('owner') },
			deliveries(keys.queue, 'dueAt'),
			deliveries(keys.lane, 'dueAt'),
			deliveries(keys.due, 'dueAt'),
			deliveries(keys.ofEndpoint),
			deliveries(keys.ofNotification),
			deliveries(keys.ofState),
			deliveries(keys.settled, 'settledAt'),
		],
	},
];

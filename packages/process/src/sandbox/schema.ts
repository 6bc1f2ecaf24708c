import type { MongoMigration } from '@fefaent/store-kit/mongo';

/** The one document of {@link collections.clock}. */
export const clockId = 'clock';

/** Collections of a sandbox's own database. */
export const collections = { clock: 'clock', members: 'members' } as const;

/** The collection, in the database of each service, that says how far ahead what it holds may be dated. */
export const markCollection = 'sandbox';

/** The time of the installation. */
export interface ClockFields {
	readonly _id: string;
	/** How far ahead of the machines' time, in milliseconds. It only grows. */
	readonly offsetMs: number;
	/** Which of the services have that time: see `stages.ts`. */
	readonly stage: number;
	/** When the offset or the stage was written last; real time. */
	readonly movedAt: Date;
	/** Number of the latest look at the work of all: each process answers it. */
	readonly look: number;
}

/** A process, and what it says of itself. */
export interface MemberFields {
	/** The replica. */
	readonly _id: string;
	readonly service: string;
	/** The offset that it works by, in milliseconds. */
	readonly offsetMs: number;
	/** Without another sign of life it is gone then; real time. */
	readonly until: Date;
	/** The look that it answered last. */
	readonly look: number;
	/** Work of its service that is due and not done. */
	readonly backlog: number;
	/** When something falls due by itself in its service, absent when never. */
	readonly nextDue?: Date;
}

/** Mongoose's paths of both. */
export const paths = {
	clock: { _id: String, offsetMs: Number, stage: Number, movedAt: Date, look: Number },
	members: { _id: String, service: String, offsetMs: Number, until: Date, look: Number, backlog: Number, nextDue: Date },
};

/** The database of a sandbox. */
export const migrations: readonly MongoMigration[] = [
	{
		version: 1,
		name: 'clock',
		collections: Object.values(collections),
		seeds: [{ collection: collections.clock, document: { _id: clockId, offsetMs: 0, stage: 0, look: 0 } }],
	},
];

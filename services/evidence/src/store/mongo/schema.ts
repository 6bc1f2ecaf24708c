import type { MongoMigration, SchemaPaths } from '@fefaent/store-kit/mongo';

/** What is known of a key: its evidence, or which decisions of it were abandoned. Never deleted: that an evidence existed is known for good. */
export interface EvidenceFields {
	/** Its key, so that there is one for each: see `idOf`. */
	readonly _id: string;
	readonly notificationId: number;
	/** The contract's number. */
	readonly transition: number;
	/** No evidence of a decision up to this instant is stored. */
	readonly abandonedAt?: Date;
	/** Absent, with all that follows, while there is none. */
	readonly evidenceId?: string;
	readonly issuedAt?: Date;
	readonly decidedAt?: Date;
	readonly level?: string;
	readonly sha256?: Uint8Array;
	readonly xml?: Uint8Array;
}

/** The collection of {@link EvidenceFields}. */
export const evidencesCollection = 'evidences';

/** The paths of {@link EvidenceFields}. */
export const evidencePaths: SchemaPaths = {
	_id: String,
	notificationId: Number,
	transition: Number,
	abandonedAt: Date,
	evidenceId: String,
	issuedAt: Date,
	decidedAt: Date,
	level: String,
	sha256: Buffer,
	xml: Buffer,
};

/** The schema's steps. */
export const migrations: readonly MongoMigration[] = [
	{
		version: 1,
		name: 'evidences',
		collections: [evidencesCollection],
		indexes: [{ collection: evidencesCollection, key: { notificationId: 1 } }],
	},
];

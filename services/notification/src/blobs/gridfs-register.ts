import { isDuplicateKey, type MongoDatabase, type MongoMigration, mongo, type SchemaPaths } from '@fefaent/store-kit/mongo';
import { type Model, Schema } from 'mongoose';

/** A file that is not the content of its blob: not yet, no longer, or never. */
interface RestFields {
	readonly id: mongo.ObjectId;
	/** From when on it may be removed. */
	readonly from: Date;
	/** It can no longer become the content. */
	readonly over?: boolean;
}

/** A blob by its key: which file is its content, and every other one that there is or may be. */
interface BlobFields {
	readonly _id: string;
	readonly current?: mongo.ObjectId;
	readonly rest?: readonly RestFields[];
}

/** The collection of {@link BlobFields}. */
const collection = 'blobs';

const paths: SchemaPaths = {
	_id: String,
	current: mongo.ObjectId,
	rest: { type: [new Schema({ id: mongo.ObjectId, from: Date, over: Boolean }, { _id: false, id: false })], default: undefined },
};

/** What the register needs of the schema of its database. */
export const blobRegisterSchema = {
	collections: [collection],
	indexes: [{ collection, key: { 'rest.from': 1 }, partialFilterExpression: { 'rest.from': { $exists: true } } }],
} as const satisfies Pick<MongoMigration, 'collections' | 'indexes'>;

/** How long an upload may take, in milliseconds of the server's clock: then it counts as broken off. */
const uploadMs = 3_600_000;

/**
 * Knows of each file of GridFS before its first byte is there, so that nothing is left of uploads that broke off. What the content of a blob is one write decides:
 * no clock does.
 */
export class BlobRegister {
	readonly #model: Model<BlobFields>;

	constructor(db: MongoDatabase) {
		this.#model = db.model<BlobFields>(collection, paths);
	}

	/** The file that is the content of a blob. */
	async current(key: string): Promise<mongo.ObjectId | undefined> {
		const found = await this.#model.findOne({ _id: key }, { current: 1 }).lean();
		return found?.current;
	}

	/** Notes a file that is going to be uploaded. */
	async begin(key: string, id: mongo.ObjectId): Promise<void> {
		const own = { id, from: { $add: ['$$NOW', uploadMs] } };
		const note = () =>
			this.#model.updateOne({ _id: key }, [{ $set: { rest: { $concatArrays: [rest, [own]] } } }], { upsert: true, ...pipeline });
		// Of two that make the same document one may lose.
		await note().catch((error: unknown) => (isDuplicateKey(error) ? note() : Promise.reject(error)));
	}

	/**
	 * Makes an uploaded file the content of its blob.
	 * @returns the files that may be removed for it; undefined when it was taken for broken off meanwhile
	 */
	async finish(key: string, id: mongo.ObjectId): Promise<readonly mongo.ObjectId[] | undefined> {
		const others = { $filter: { input: rest, cond: { $ne: ['$$this.id', id] } } };
		const replaced = { $cond: [{ $eq: [{ $type: '$current' }, 'missing'] }, [], [{ id: '$current', from: '$$NOW', over: true }]] };
		const before = await this.#model
			.findOneAndUpdate(
				{ _id: key, rest: { $elemMatch: { id, over: { $exists: false } } } },
				[{ $set: { rest: { $concatArrays: [others, replaced] }, current: id } }],
				{ returnDocument: 'before', ...pipeline },
			)
			.lean<BlobFields>();
		return before ? [...(before.current ? [before.current] : []), ...dueOf(before)] : undefined;
	}

	/** Sees to it that a file never becomes the content from now on. @returns whether it is not: it may be removed then */
	async withdraw(key: string, id: mongo.ObjectId): Promise<boolean> {
		const { matchedCount } = await this.#model.updateOne({ _id: key, rest: { $elemMatch: { id } } }, { $set: { 'rest.$.over': true } });
		return matchedCount > 0;
	}

	/** Forgets a file that was removed; with the last one, a key that never had a content. */
	async forget(key: string, id: mongo.ObjectId): Promise<void> {
		await this.#model.updateOne({ _id: key }, { $pull: { rest: { id } } });
		await this.#model.deleteOne({ _id: key, current: { $exists: false }, rest: { $size: 0 } });
	}

	/** Files that may be removed, of so many blobs at most. */
	async due(limit: number): Promise<readonly { readonly key: string; readonly id: mongo.ObjectId }[]> {
		const found = await this.#model
			.find({ 'rest.from': { $lte: new Date() } }, { rest: 1 })
			.limit(limit)
			.lean<BlobFields[]>();
		return found.flatMap((one) => dueOf(one).map((id) => ({ key: one._id, id })));
	}
}

const rest = { $ifNull: ['$rest', []] };
const pipeline = { updatePipeline: true } as const;

function dueOf({ rest = [] }: BlobFields): readonly mongo.ObjectId[] {
	const now = Date.now();
	return rest.filter(({ from }) => from.getTime() <= now).map(({ id }) => id);
}

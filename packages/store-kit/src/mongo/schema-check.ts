import type { mongo } from 'mongoose';
import { storeError } from '../errors.ts';
import { type MongoIndex, type MongoMigration, refusedField } from './migrate.ts';

/**
 * Checks that what the migrations made is still there: somebody may have dropped an index, or restored documents without what belongs to their
 * collection. Without an index queries are slow or refused and doubles get in; without the condition a write that lost makes a new document.
 * @throws `STORE_UNFIT` that names everything that is missing
 */
export async function checkSchema(db: mongo.Db, name: string, migrations: readonly MongoMigration[]): Promise<void> {
	const found = new Map((await db.listCollections<mongo.CollectionInfo>().toArray()).map((one) => [one.name, one]));
	const unguarded = migrations
		.flatMap(({ collections = [] }) => collections)
		.filter((collection) => !guarded(found.get(collection)?.options))
		.map((collection) => `the validator { ${refusedField}: { $exists: false } } of the collection ${collection}`);
	const declared = Map.groupBy(
		migrations.flatMap(({ indexes = [] }) => indexes),
		({ collection }) => collection,
	);
	const absent = await Promise.all(
		[...declared].map(async ([collection, indexes]) => {
			const there = found.has(collection) ? await db.collection(collection).indexes() : [];
			return indexes
				.filter((index) => !there.some((one) => same(one, index)))
				.map(({ key, unique }) => `the ${unique ? 'unique ' : ''}index ${JSON.stringify(key)} of the collection ${collection}`);
		}),
	);
	const missing = [...unguarded, ...absent.flat()];
	if (missing.length > 0) throw storeError('STORE_UNFIT', { name, cause: `there is no more ${missing.join(', nor ')}` });
}

/** A validator that only warns, or looks at some documents only, keeps none out. */
function guarded({ validator, validationLevel = 'strict', validationAction = 'error' }: mongo.Document = {}): boolean {
	return validator?.[refusedField] !== undefined && validationLevel === 'strict' && validationAction === 'error';
}

/** Fields in another order are another index; so is one of other documents. */
function same(there: mongo.IndexDescriptionInfo, { collection: _, unique = false, ...rest }: MongoIndex): boolean {
	const { key, partialFilterExpression, expireAfterSeconds } = there;
	const wanted = [rest.key, unique, rest.partialFilterExpression, rest.expireAfterSeconds];
	return JSON.stringify([key, Boolean(there.unique), partialFilterExpression, expireAfterSeconds]) === JSON.stringify(wanted);
}

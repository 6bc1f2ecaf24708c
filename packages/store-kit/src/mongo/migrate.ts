import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { storeError } from '../errors.ts';
import { isDuplicateKey, passes } from './failures.ts';

/** An index of a collection. */
export interface MongoIndex {
	readonly collection: string;
	readonly key: Readonly<Record<string, 1 | -1>>;
	readonly unique?: boolean;
	readonly partialFilterExpression?: Readonly<Record<string, unknown>>;
	/** For instants after which documents may go, in seconds after the instant. */
	readonly expireAfterSeconds?: number;
}

/** One step of a schema, as data: it is applied once, and its checksum is compared at every start, so once released it never changes. */
export interface MongoMigration {
	/** Positive; ascending within the list. */
	readonly version: number;
	readonly name: string;
	/** Collections that are new, with the condition that their documents must meet. See `conditionalUpdate` for what `lost` is for. */
	readonly collections?: readonly string[];
	readonly indexes?: readonly MongoIndex[];
	/** Documents that must be there: inserted unless their `_id` is. */
	readonly seeds?: readonly {
		readonly collection: string;
		readonly document: Readonly<Record<string, unknown>> & { readonly _id: string };
	}[];
}

/**
 * A document that carries it is refused by every collection made here: conditional writes put it into what an upsert would insert, so that a
 * condition that does not hold is told per write of a bulk, and never becomes a new document.
 */
export const refusedField = 'lost';

/** How long one process may take for all migrations before another one takes over, in milliseconds. */
const lockMs = 60_000;

interface Applied {
	readonly _id: number;
	readonly checksum: string;
}

/**
 * Brings a database up to the last migration: one process at a time; the others wait.
 * @param name of the store, for errors
 * @throws `STORE_SCHEMA_NEWER`, `STORE_MIGRATION_CHANGED`, `STORE_MIGRATION_FAILED`, `STORE_MIGRATIONS_UNORDERED`
 */
export async function migrateMongo(db: mongo.Db, name: string, migrations: readonly MongoMigration[]): Promise<void> {
	let last = 0;
	for (const { version } of migrations) {
		if (!Number.isSafeInteger(version) || version <= last)
			throw storeError('STORE_MIGRATIONS_UNORDERED', { name, version: String(version) });
		last = version;
	}
	const pending = async () => missing(await db.collection<Applied>('schema_migrations').find().toArray(), name, migrations, last);
	if ((await pending()).length === 0) return;
	await locked(db, async () => {
		for (const migration of await pending()) await apply(db, name, migration);
	});
}

function missing(
	applied: readonly Applied[],
	name: string,
	migrations: readonly MongoMigration[],
	last: number,
): readonly MongoMigration[] {
	const checksums = new Map(applied.map(({ _id, checksum }) => [_id, checksum]));
	const reached = Math.max(0, ...checksums.keys());
	if (reached > last) throw storeError('STORE_SCHEMA_NEWER', { name, found: String(reached), known: String(last) });
	return migrations.filter((migration) => {
		const checksum = checksums.get(migration.version);
		if (checksum === undefined && migration.version > reached) return true;
		if (checksum !== checksumOf(migration)) throw storeError('STORE_MIGRATION_CHANGED', { name, version: String(migration.version) });
		return false;
	});
}

const checksumOf = (migration: MongoMigration): string => createHash('sha256').update(JSON.stringify(migration)).digest('hex');

/** Every part may be repeated: after a crash in between, the next one goes through all of it again. */
async function apply(db: mongo.Db, name: string, migration: MongoMigration): Promise<void> {
	try {
		for (const collection of migration.collections ?? [])
			await db.createCollection(collection, { validator: { [refusedField]: { $exists: false } } }).catch(unlessThere);
		for (const { collection, key, ...options } of migration.indexes ?? []) await db.collection(collection).createIndex(key, options);
		for (const { collection, document } of migration.seeds ?? []) {
			const { _id, ...rest } = document;
			await db.collection<{ _id: string }>(collection).updateOne({ _id }, { $setOnInsert: rest }, { upsert: true });
		}
		await db
			.collection<Applied>('schema_migrations')
			.updateOne({ _id: migration.version }, { $set: { name: migration.name, checksum: checksumOf(migration) } }, { upsert: true });
	} catch (error) {
		if (passes(error)) throw error;
		const cause = error instanceof Error ? error.message : String(error);
		throw storeError('STORE_MIGRATION_FAILED', { name, version: String(migration.version), cause }, { cause: error });
	}
}

const namespaceExists = 48;

function unlessThere(error: { readonly code?: unknown }): void {
	if (error.code !== namespaceExists) throw error;
}

/** Runs `work` while nobody else does. A process that died with the lock loses it after {@link lockMs}. */
async function locked(db: mongo.Db, work: () => Promise<void>): Promise<void> {
	const locks = db.collection<{ _id: string; until: Date }>('schema_lock');
	let until: Date;
	for (;;) {
		const now = new Date();
		until = new Date(now.getTime() + lockMs);
		const held = await locks
			.updateOne({ _id: 'migrations', until: { $lte: now } }, { $set: { until } }, { upsert: true })
			.then(() => true)
			.catch((error: unknown) => {
				if (isDuplicateKey(error)) return false;
				throw error;
			});
		if (held) break;
		await sleep(100);
	}
	try {
		await work();
	} finally {
		await locks.deleteOne({ _id: 'migrations', until });
	}
}

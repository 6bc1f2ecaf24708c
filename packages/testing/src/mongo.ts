import { randomUUID } from 'node:crypto';
import { createConnection } from 'mongoose';

/** A database of a test's own on the server that `MONGO_URL` names. */
export interface MongoTestDatabase {
	readonly options: { readonly url: string; readonly database: string };
	/** Removes it. */
	drop(): Promise<void>;
}

/** Makes a name for a database that nothing else uses. @throws Error without a server: `npm run test:engines` brings one */
export function mongoTestDatabase(): MongoTestDatabase {
	const url = process.env.MONGO_URL;
	if (!url) throw new Error('MONGO_URL names no MongoDB server to test on');
	const database = `test-${randomUUID()}`;
	return {
		options: { url, database },
		drop: async () => {
			const connection = await createConnection(url, { dbName: database }).asPromise();
			await connection.dropDatabase();
			await connection.close();
		},
	};
}

/** Removes every database whose name begins with a prefix, dots in it being hyphens. */
export async function removeMongoTestDatabases(prefix: string): Promise<void> {
	const connection = await createConnection(process.env.MONGO_URL ?? '').asPromise();
	try {
		const { databases } = await connection.listDatabases();
		const mine = databases.filter(({ name }) => name.startsWith(prefix.replaceAll('.', '-')));
		await Promise.all(mine.map(({ name }) => connection.useDb(name, { useCache: false }).dropDatabase()));
	} finally {
		await connection.close();
	}
}

/** What the server that `MONGO_URL` names has done since it was started. */
export interface MongoCounters {
	/** By kind: `query`, `getmore`, `update`, `command`, ... */
	readonly operations: Readonly<Record<string, number>>;
	readonly atMs: number;
}

/** Asks the server how many operations it has had. */
export async function mongoCounters(): Promise<MongoCounters> {
	const connection = await createConnection(process.env.MONGO_URL ?? '').asPromise();
	try {
		const { opcounters } = (await connection.getClient().db('admin').command({ serverStatus: 1 })) as unknown as {
			opcounters: Record<string, number>;
		};
		return { operations: opcounters, atMs: performance.now() };
	} finally {
		await connection.close();
	}
}

/** Every document of a collection, which must be a small one. */
export async function mongoDocuments<T>(database: string, collection: string): Promise<readonly T[]> {
	const connection = await createConnection(process.env.MONGO_URL ?? '', { dbName: database }).asPromise();
	try {
		return (await connection
			.collection(collection)
			.find({ _id: { $gt: '' } } as never)
			.toArray()) as unknown as readonly T[];
	} finally {
		await connection.close();
	}
}

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

/**
 * How many operations the server that `MONGO_URL` names has had, by kind (`queries`, `getmore`, `insert`, `update`, `remove`, `commands`), on databases whose
 * names begin with a prefix. What others do on the same server does not count.
 */
export async function mongoOperations(prefix: string): Promise<Readonly<Record<string, number>>> {
	const connection = await createConnection(process.env.MONGO_URL ?? '').asPromise();
	try {
		const { totals } = (await connection.getClient().db('admin').command({ top: 1 })) as unknown as {
			totals: Record<string, Record<string, { readonly count: number }> | string>;
		};
		const counts: Record<string, number> = {};
		for (const [namespace, kinds] of Object.entries(totals)) {
			if (!namespace.startsWith(prefix) || typeof kinds === 'string') continue;
			for (const kind of operationKinds) counts[kind] = (counts[kind] ?? 0) + (kinds[kind]?.count ?? 0);
		}
		return counts;
	} finally {
		await connection.close();
	}
}

const operationKinds = ['queries', 'getmore', 'insert', 'update', 'remove', 'commands'];

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

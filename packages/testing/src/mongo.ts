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

import { type MongoDatabase, openMongo, refusalOf } from '@fefaent/store-kit/mongo';
import { processError } from '../errors.ts';
import { clockId, markCollection } from './schema.ts';

interface Mark {
	readonly _id: string;
	readonly offsetMs: number;
}

/** Where a service's database is. */
interface Place {
	readonly url: string;
	readonly database: string;
}

/** Says in a service's database how far ahead what it will hold may be dated. @param sandbox any database of the same server */
export async function markAhead(sandbox: MongoDatabase, database: string, offsetMs: number): Promise<void> {
	const marks = sandbox.connection.useDb(database, { useCache: true }).collection<Mark>(markCollection);
	await sandbox.run(() => marks.updateOne({ _id: clockId }, { $max: { offsetMs } }, { upsert: true }));
}

/**
 * Refuses the database of a sandbox whose time was moved: what it holds would lie in the future.
 * @throws CLOCK_AHEAD; STORE_UNREACHABLE; STORE_UNFIT for credentials that are not accepted
 */
export async function refuseAhead({ url, database }: Place): Promise<void> {
	const db = openMongo({ url, database, name: database, migrations: [], maxPoolSize: 1 });
	try {
		await db.run(async () => {
			await db.connection.asPromise();
			if (await db.connection.collection<Mark>(markCollection).findOne({ _id: clockId })) throw processError('CLOCK_AHEAD', { database });
		});
	} catch (error) {
		throw refusalOf(database, database, error) ?? error;
	} finally {
		await db.close();
	}
}

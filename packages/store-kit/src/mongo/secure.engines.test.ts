import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MongoMigration } from './migrate.ts';
import { type MongoDatabase, openMongo } from './open.ts';

const { MONGO_SECURE: plain = '', MONGO_SECURE_TLS: folder = '' } = process.env;
const migrations: readonly MongoMigration[] = [{ version: 1, name: 'things', collections: ['things'], indexes: [] }];

/** The URL of a user over TLS. */
function urlOf({ user = 'fefaent', password = 'secret', ca = `${folder}/ca.pem`, tls = true } = {}): string {
	const url = new URL(plain);
	url.username = user;
	url.password = password;
	if (tls) url.searchParams.set('tls', 'true');
	if (tls && ca !== '') url.searchParams.set('tlsCAFile', ca);
	return url.href;
}

describe.skipIf(!plain)('a MongoDB with users and TLS (needs MONGO_SECURE, see test/engines)', () => {
	beforeAll(async () => {
		const root = openMongo({ url: urlOf({ user: 'root' }), database: 'fefaent-secure', name: 'root', migrations: [] });
		await root.connection.asPromise();
		const user = { pwd: 'secret', roles: [{ role: 'readWrite', db: 'fefaent-secure' }] };
		await root.connection.dropDatabase();
		const admin = root.connection.getClient().db('admin');
		await admin.command({ createUser: 'fefaent', ...user }).catch(() => admin.command({ updateUser: 'fefaent', ...user }));
		await root.close();
	});
	const opened: MongoDatabase[] = [];
	afterEach(async () => {
		for (const db of opened.splice(0)) await db.close();
	});
	const open = (url: string, database = 'fefaent-secure'): MongoDatabase => {
		const db = openMongo({ url, database, name: 'secure', migrations, selectionTimeoutMs: 2_000 });
		opened.push(db);
		return db;
	};

	test('is used by whoever may read and write in its own database, and needs nothing else', async () => {
		const db = open(urlOf());
		await db.prepare();
		const things = db.model<{ _id: number }>('things', { _id: Number });
		await db.run(() => things.updateOne({ _id: 1 }, { $set: { _id: 1 } }, { upsert: true }));
		expect(await db.run(() => things.findById(1).lean())).toEqual({ _id: 1 });
		const client = db.connection.getClient();
		expect(client.options.tls).toBe(true);
	});

	test.each([
		['a wrong password', urlOf({ password: 'hunter2' }), 'fefaent-secure', 'are not accepted'],
		['nobody named', plain, 'fefaent-secure', 'may not do what is needed: readWrite on the database fefaent-secure'],
		['a database of others', urlOf(), 'somebody-elses', 'may not do what is needed: readWrite on the database somebody-elses'],
		['a certificate that is not there', urlOf({ ca: '/nowhere/ca.pem' }), 'fefaent-secure', 'cannot be read: /nowhere/ca.pem'],
	])('with %s the start ends, in words without a password', async (_, url, database, told) => {
		const error = await open(url, database)
			.prepare()
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ reason: 'STORE_UNFIT', retryable: false, message: expect.stringContaining(told) });
		expect((error as Error).stack).not.toMatch(/hunter2|secret/);
	});

	test('whose authority is not trusted is not used', async () => {
		await expect(open(urlOf({ ca: '' })).prepare()).rejects.toMatchObject({ reason: 'STORE_UNREACHABLE' });
	});
});

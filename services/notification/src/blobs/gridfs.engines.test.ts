import { armCrashpoints } from '@fefaent/kernel';
import { type MongoDatabase, mongo, openMongo } from '@fefaent/store-kit/mongo';
import { eventually, mongoTestDatabase } from '@fefaent/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { openMongoNotificationStore } from '../store/mongo/store.ts';
import { type BlobPlace, blobStoreContract } from './contract.ts';
import type { GridFsBlobs } from './gridfs.ts';

const large = Buffer.alloc(1_000_000, 'abcdefg');
const hourMs = 3_600_000;

interface GridFsPlace extends BlobPlace {
	open(): Promise<GridFsBlobs>;
	/** The database as it is. */
	look(): Promise<mongo.Db>;
	readonly errors: unknown[];
}

function place(): GridFsPlace {
	const database = mongoTestDatabase();
	const opened: { close(): Promise<void> }[] = [];
	const errors: unknown[] = [];
	return {
		errors,
		open: async () => {
			const store = openMongoNotificationStore({ ...database.options, owner: 'one', onError: (error) => void errors.push(error) });
			opened.push(store);
			await store.prepare();
			return store.blobs;
		},
		look: async () => {
			const db: MongoDatabase = openMongo({ ...database.options, name: 'notification', migrations: [] });
			opened.push(db);
			await db.connection.asPromise();
			return db.connection.db as mongo.Db;
		},
		[Symbol.asyncDispose]: async () => {
			await Promise.all(opened.map((store) => store.close()));
			await database.drop();
		},
	};
}

const dieAt = (point: string) =>
	armCrashpoints((name) => {
		if (name === point) throw new Error('died');
	});
const read = async (blobs: GridFsBlobs, key: string) => Buffer.from((await blobs.get(key)) ?? []).toString();
/** Files and parts that there are, and the files that are noted besides the contents. */
const kept = async (db: mongo.Db) => {
	const noted = await db
		.collection<{ rest?: unknown[] }>('blobs')
		.find({ _id: { $exists: true } })
		.toArray();
	return {
		files: await db.collection('fs.files').countDocuments({ _id: { $exists: true } }),
		parts: await db.collection('fs.chunks').countDocuments({ _id: { $exists: true } }),
		rest: noted.flatMap(({ rest = [] }) => rest).length,
	};
};
/** As if all that is noted had been so for more than an hour. */
const later = (db: mongo.Db) =>
	db
		.collection('blobs')
		.updateMany({ _id: { $exists: true } }, [
			{ $set: { rest: { $map: { input: '$rest', in: { $mergeObjects: ['$$this', { from: { $subtract: ['$$this.from', hourMs] } }] } } } } },
		]);

describe('MongoDB', () => {
	afterEach(() => armCrashpoints(undefined));

	blobStoreContract('GridFS', place);

	it('shows the old content until one write makes the new one it, and that one to a process that ended right after', async () => {
		await using here = place();
		const blobs = await here.open();
		await blobs.put('a', Buffer.from('old'));
		for (const point of ['begun', 'uploaded']) {
			dieAt(`notification.blob.${point}`);
			await expect(blobs.put('a', Buffer.from('new'))).rejects.toThrow('died');
			expect(await read(blobs, 'a')).toBe('old');
		}
		dieAt('notification.blob.stored');
		await expect(blobs.put('a', Buffer.from('new'))).rejects.toThrow('died');
		expect(await read(blobs, 'a')).toBe('new');
		armCrashpoints(undefined);
		await blobs.put('a', Buffer.from('newer'));
		expect(await read(blobs, 'a')).toBe('newer');
	});

	it('leaves nothing of what it replaced, and of an upload that broke off nothing after an hour', async () => {
		await using here = place();
		const [blobs, db] = [await here.open(), await here.look()];
		await blobs.put('a', large);
		await blobs.put('a', Buffer.from('new'));
		expect(await kept(db)).toEqual({ files: 1, parts: 1, rest: 0 });
		for (const point of ['begun', 'uploaded', 'stored']) {
			dieAt(`notification.blob.${point}`);
			for (const key of ['a', `never-${point}`]) await expect(blobs.put(key, large)).rejects.toThrow('died');
		}
		armCrashpoints(undefined);
		expect(await kept(db)).toMatchObject({ files: 5, rest: 5 });
		// What was replaced goes at once; what may still be under way stays.
		await blobs.sweep();
		expect(await kept(db)).toMatchObject({ files: 4, rest: 4 });
		await later(db);
		// At its start, and each hour.
		await here.open();
		await eventually(async () => expect(await kept(db)).toEqual({ files: 2, parts: 8, rest: 0 }), { timeoutMs: 10_000 });
		expect(large.equals((await blobs.get('a')) ?? new Uint8Array())).toBe(true);
		expect(await db.collection('blobs').countDocuments({ _id: { $exists: true } })).toBe(2);
	});

	it('removes what an upload left that failed half way, also what arrived after it had been removed', async () => {
		await using here = place();
		const [blobs, db] = [await here.open(), await here.look()];
		await blobs.put('a', Buffer.from('old'));
		await db.command({ collMod: 'fs.chunks', validator: { n: { $lt: 2 } } });
		await expect(blobs.put('a', large)).rejects.toMatchObject({ reason: 'STORE_WRITE_FAILED' });
		await db.command({ collMod: 'fs.chunks', validator: {} });
		expect(await read(blobs, 'a')).toBe('old');
		const [noted] = await db
			.collection<{ rest: { id: mongo.ObjectId }[] }>('blobs')
			.find({ _id: { $exists: true } })
			.toArray();
		// A part that was on its way.
		await db.collection('fs.chunks').insertOne({ files_id: noted?.rest[0]?.id, n: 7, data: new mongo.Binary(Buffer.from('x')) });
		await later(db);
		await blobs.put('a', Buffer.from('new'));
		expect(await kept(db)).toEqual({ files: 1, parts: 1, rest: 0 });
		expect(here.errors).toEqual([]);
	});

	it('keeps what was put last, whatever the clock of a replica says', async () => {
		await using here = place();
		const [blobs, db] = [await here.open(), await here.look()];
		await blobs.put('a', Buffer.from('by one whose clock is ahead'));
		await db.collection('fs.files').updateMany({ filename: 'a' }, { $set: { uploadDate: new Date(Date.now() + 60_000) } });
		await blobs.put('a', Buffer.from('last'));
		expect(await read(blobs, 'a')).toBe('last');
	});

	it('says so when an upload took so long that it was taken for broken off', async () => {
		await using here = place();
		const [blobs, db] = [await here.open(), await here.look()];
		await blobs.put('a', Buffer.from('old'));
		armCrashpoints(async (name) => {
			if (name !== 'notification.blob.uploaded') return;
			await later(db);
			await blobs.sweep();
		});
		await expect(blobs.put('a', Buffer.from('new'))).rejects.toMatchObject({ reason: 'BLOBS_UNREACHABLE', retryable: true });
		expect(await read(blobs, 'a')).toBe('old');
		expect(await kept(db)).toEqual({ files: 1, parts: 1, rest: 0 });
	});
});

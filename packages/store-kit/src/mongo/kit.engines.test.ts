import { eventually, mongoTestDatabase } from '@fefaent/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OutboxEvent } from '../outbox-event.ts';
import { conditionalUpdate } from './conditional.ts';
import { losersOf } from './failures.ts';
import type { MongoMigration } from './migrate.ts';
import { type MongoDatabase, openMongo } from './open.ts';
import { MongoOutbox, type OutboxFields, outboxIndex, outboxOf, outboxPaths, outboxUpdate } from './outbox.ts';
import { leasesCollection, ShardLeases } from './shards.ts';

interface Thing extends OutboxFields {
	readonly _id: number;
	readonly version: number;
}

const migrations: readonly MongoMigration[] = [
	{
		version: 1,
		name: 'things',
		collections: ['things', leasesCollection],
		indexes: [outboxIndex('things')],
		seeds: [{ collection: 'counters', document: { _id: 'thing', next: 1 } }],
	},
];
const paths = { _id: Number, version: Number, ...outboxPaths };
/** What went wrong behind a caller's back: nothing should. */
const failures: unknown[] = [];
const fail = (error: unknown) => void failures.push(error);

const event = (eventId: string, key: string): OutboxEvent => ({
	eventId,
	topic: 't',
	key,
	type: 'x',
	at: new Date('2026-03-01T00:00:00Z'),
	headers: { traceparent: '00-1' },
	body: new Uint8Array([1, 2, 3]),
});

describe('MongoDB kit', () => {
	let database: ReturnType<typeof mongoTestDatabase>;
	let opened: MongoDatabase[];
	const open = async (change: readonly MongoMigration[] = migrations) => {
		const db = openMongo({ ...database.options, name: 'kit', migrations: change });
		opened.push(db);
		await db.prepare();
		return db;
	};

	beforeEach(() => {
		database = mongoTestDatabase();
		opened = [];
		failures.length = 0;
	});
	afterEach(async () => {
		expect(failures).toEqual([]);
		await Promise.all(opened.map((db) => db.close()));
		await database.drop();
	});

	test('migrates once, whoever comes first, and refuses a schema that was changed or is newer', async () => {
		await Promise.all(Array.from({ length: 5 }, () => open()));
		const db = await open();
		expect(await db.connection.collection('schema_migrations').countDocuments({})).toBe(1);
		expect(await db.connection.collection('counters').findOne({ _id: 'thing' as never })).toMatchObject({ next: 1 });
		await db.connection.collection('counters').updateOne({ _id: 'thing' as never }, { $set: { next: 7 } });
		const [first] = migrations as [MongoMigration];
		await open([first, { version: 2, name: 'more', seeds: first.seeds ?? [] }]);
		expect(await db.connection.collection('counters').findOne({ _id: 'thing' as never })).toMatchObject({ next: 7 });
		await expect(open(migrations)).rejects.toThrow('newer');
		await expect(
			open([
				{ ...first, name: 'renamed' },
				{ version: 2, name: 'more', seeds: first.seeds ?? [] },
			]),
		).rejects.toThrow('not the one');
		await expect(open([first, first])).rejects.toThrow('ascending');
	});

	test('ends at a migration that cannot be, and leaves the lock to the next', async () => {
		const db = await open();
		const step = (index: object): readonly MongoMigration[] => [
			...migrations,
			{ version: 2, name: 'by version', indexes: [{ collection: 'things', key: { version: 1 }, ...index }] },
		];
		await expect(open(step({ expireAfterSeconds: -5 }))).rejects.toMatchObject({ reason: 'STORE_MIGRATION_FAILED', retryable: false });
		expect(await db.connection.collection<{ _id: string }>('schema_lock').countDocuments({ _id: 'migrations' })).toBe(0);
		await open(step({}));
	});

	test('waits for whoever migrates, and holds the lock from then on', async () => {
		const db = await open([]);
		const locks = db.connection.collection<{ _id: string; until: Date }>('schema_lock');
		await locks.insertOne({ _id: 'migrations', until: new Date(Date.now() + 700) });
		const ends: Date[] = [];
		const opening = open();
		const looking = eventually(
			async () => {
				const lock = await locks.findOne({ _id: 'migrations' });
				if (lock) ends.push(lock.until);
				return lock !== null && lock.until.getTime() > Date.now() + 59_400;
			},
			{ timeoutMs: 10_000, everyMs: 1 },
		);
		await Promise.all([opening, looking]);
		expect(ends.length).toBeGreaterThan(0);
	});

	test('names what somebody took away from a schema: an index, a collection with all of it, a condition', async () => {
		const db = (await open()).connection.getClient().db(database.options.database);
		const { key } = outboxIndex('things');
		const index = `the index ${JSON.stringify(key)} of the collection things`;
		const condition = (collection: string) => `the validator { lost: { $exists: false } } of the collection ${collection}`;
		await db.collection('things').dropIndex(key as never);
		await expect(open()).rejects.toThrow(index);
		for (const other of [{ unique: true }, {}]) {
			await db.collection('things').createIndex(key, other);
			await expect(open()).rejects.toThrow(index);
			await db.collection('things').dropIndex(key as never);
		}
		await db.collection('things').drop();
		await expect(open()).rejects.toThrow(`there is no more ${condition('things')}, nor ${index}`);
		await db.createCollection('things', { validator: { lost: { $exists: false } } });
		await db.collection('things').createIndex(key, { partialFilterExpression: { outboxAt: { $exists: true } } });
		await open();
		await db.command({ collMod: leasesCollection, validationAction: 'warn' });
		await expect(open()).rejects.toThrow(condition(leasesCollection));
		await db.command({ collMod: leasesCollection, validationAction: 'error' });
		await open();
		await db.command({ collMod: leasesCollection, validator: {} });
		await expect(open()).rejects.toThrow(condition(leasesCollection));
	});

	test('tells which conditional updates of a bulk lost, and makes no document of a condition that does not hold', async () => {
		const db = await open();
		const things = db.model<Thing>('things', paths);
		await things.insertMany([
			{ _id: 1, version: 1 },
			{ _id: 2, version: 1 },
		]);
		const to = (_id: number, version: number) => conditionalUpdate({ _id, version }, { $set: { version: version + 1 } });
		const write = () => things.bulkWrite([to(1, 1), to(2, 9), to(3, 1)] as never, { ordered: false });
		expect(await losersOf(write)).toEqual(new Set([1, 2]));
		expect(await things.find({ _id: { $in: [1, 2, 3] } }).lean()).toEqual([
			{ _id: 1, version: 2 },
			{ _id: 2, version: 1 },
		]);
		await expect(losersOf(() => Promise.reject(new Error('other')))).rejects.toThrow('other');
	});

	test('refuses what a schema does not name', async () => {
		const db = await open();
		const things = db.model<Thing>('things', paths);
		await expect(things.updateOne({ _id: 1 }, { $set: { colour: 'red' } } as never)).rejects.toThrow('colour');
	});

	test('says that a server cannot be reached, within its time, and reaches it later', async () => {
		const db = openMongo({ url: 'mongodb://127.0.0.1:1/?replicaSet=rs0', database: 'x', name: 'kit', migrations, selectionTimeoutMs: 200 });
		opened.push(db);
		await expect(db.prepare()).rejects.toMatchObject({ reason: 'STORE_UNREACHABLE' });
		await expect(db.ping()).rejects.toMatchObject({ reason: 'STORE_UNREACHABLE' });
	});

	describe('outbox', () => {
		const replica = async (owner: string) => {
			const db = await open();
			const model = db.model<Thing>('things', paths);
			const outbox = new MongoOutbox({ db, model: model as never, owner, onError: fail });
			return { model, outbox };
		};

		test('gives events of a document in order, once those before are done, and remembers what came meanwhile', async () => {
			const { model, outbox } = await replica('one');
			await model.create([{ _id: 1, version: 1, ...outboxOf(1, [event('a', '1'), event('b', '1')]) }]);
			const taken = await outbox.take(10);
			expect(taken.map((row) => row.eventId)).toEqual(['a', 'b']);
			expect(taken[0]).toEqual({ document: 1, ...event('a', '1') });
			await model.updateOne({ _id: 1 }, outboxUpdate(1, [event('c', '1')]));
			await outbox.done(taken);
			await outbox.done(taken);
			expect((await outbox.take(10)).map((row) => row.eventId)).toEqual(['c']);
			expect(await outbox.depth()).toBe(1);
			await outbox.done(await outbox.take(10));
			expect(await outbox.depth()).toBe(0);
			expect(await model.findById(1).lean()).not.toHaveProperty('outboxAt');
			await outbox.close();
		});

		test('is shared out among replicas, every event to one, and taken over from one that goes', async () => {
			const [one, two] = await Promise.all([replica('one'), replica('two')]);
			await one.model.create(
				Array.from({ length: 64 }, (_, id) => ({ _id: id, version: 1, ...outboxOf(id, [event(`e${id}`, String(id))]) })),
			);
			const ids = async ({ outbox }: typeof one) => (await outbox.take(100)).map((row) => row.eventId);
			const both = () => Promise.all([ids(one), ids(two)]);
			await eventually(async () => (await both()).every((part) => part.length === 32), { timeoutMs: 15_000 });
			expect(new Set((await both()).flat()).size).toBe(64);
			await one.outbox.close();
			await eventually(async () => (await ids(two)).length === 64, { timeoutMs: 15_000 });
			await two.outbox.close();
		});

		test('is handed over to one that comes when what was begun is done, so that nothing is published twice', async () => {
			const one = await replica('one');
			await one.model.create(
				Array.from({ length: 32 }, (_, id) => ({ _id: id, version: 1, ...outboxOf(id, [event(`e${id}`, String(id))]) })),
			);
			const taken = await one.outbox.take(100);
			expect(taken).toHaveLength(32);
			const two = await replica('two');
			const start = performance.now();
			// Longer than a round of both, and than a lease: nothing of it may be seen by the other one.
			while (performance.now() - start < 6_000) {
				expect(await two.outbox.take(100)).toEqual([]);
				await new Promise((resolve) => setTimeout(resolve, 100));
			}
			await one.outbox.done(taken);
			await one.model.create(
				Array.from({ length: 32 }, (_, id) => ({ _id: 100 + id, version: 1, ...outboxOf(100 + id, [event(`f${id}`, String(id))]) })),
			);
			await eventually(async () => (await two.outbox.take(100)).length === 16 && (await one.outbox.take(100)).length === 16, {
				timeoutMs: 15_000,
			});
			await Promise.all([one.outbox.close(), two.outbox.close()]);
		});

		test('wakes for what another process wrote', async () => {
			const { outbox } = await replica('one');
			await outbox.take(1);
			const woken = Promise.withResolvers<void>();
			outbox.onCommitted(() => woken.resolve());
			const other = await open();
			const things = other.model<Thing>('things', paths);
			let id = 100;
			// The stream may not be open yet: what came before it opened is found by polling.
			const writer = setInterval(() => void things.create([{ _id: id, version: 1, ...outboxOf(id++, [event(`e${id}`, 'k')]) }]), 50);
			await woken.promise;
			clearInterval(writer);
			await outbox.close();
		});
	});

	test('a lease that is not renewed passes on, and never has two holders that both think it theirs for long', async () => {
		const [first, second] = await Promise.all([open(), open()]);
		const dead: string[] = [];
		const onDead = async (owner: string) => void dead.push(owner);
		const leases = (db: MongoDatabase, owner: string, onError: (error: unknown) => void = fail) =>
			new ShardLeases({ db, kind: 'k', shards: 4, owner, ttlMs: 400, onDead, onError });
		const lost: unknown[] = [];
		const one = leases(first, 'one', (error) => lost.push(error));
		await one.start();
		expect(one.held).toHaveLength(4);
		const two = leases(second, 'two');
		await two.start();
		await eventually(() => one.held.length === 2 && two.held.length === 2, { timeoutMs: 15_000 });
		expect(new Set([...one.held, ...two.held]).size).toBe(4);
		expect(dead).toEqual([]);
		// Killed: neither renewed nor given back.
		opened = opened.filter((db) => db !== first);
		await first.connection.destroy();
		await eventually(() => two.held.length === 4, { timeoutMs: 15_000 });
		expect(one.held).toEqual([]);
		await eventually(() => dead.length > 0, { timeoutMs: 15_000 });
		// Told of once, and no more: it is forgotten.
		const members = () => second.connection.collection(leasesCollection).distinct('_id', { _id: { $regex: '^k/members/' } } as never);
		await eventually(async () => (await members()).join() === 'k/members/two', { timeoutMs: 15_000 });
		expect(dead).toEqual(['one']);
		await Promise.all([one.stop(), two.stop()]);
		expect(lost).not.toEqual([]);
	});
});

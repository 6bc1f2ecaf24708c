import { type MongoTestDatabase, mongoTestDatabase } from '@fefaent/testing';
import { type Connection, createConnection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notifierReplicasContract } from '../../testing/store/replicas.ts';
import { notifierStoreContract } from '../contract.ts';
import type { NotifierStore } from '../port.ts';
import { openMongoNotifierStore } from './store.ts';

async function replica({ options }: MongoTestDatabase, owner: string): Promise<NotifierStore> {
	const onError = (error: unknown, where: string) => process.emitWarning(`${where}: ${String(error)}`);
	const store = openMongoNotifierStore({ ...options, owner, onError });
	await store.prepare();
	await store.join();
	return store;
}

/** What the server's profiler tells of an operation. */
interface Profiled {
	readonly op: string;
	readonly ns: string;
	readonly planSummary?: string;
	readonly hasSortStage?: boolean;
	readonly command?: { readonly pipeline?: readonly object[] };
	readonly originatingCommand?: { readonly pipeline?: readonly object[] };
}

/** Change streams read the server's own log. */
const follows = ({ command, originatingCommand }: Profiled) =>
	[command, originatingCommand].some((one) => one?.pipeline?.some((stage) => '$changeStream' in stage));

describe('MongoDB', () => {
	let database: MongoTestDatabase;
	let connection: Connection;
	let profiled: readonly Profiled[] = [];
	beforeAll(async () => {
		database = mongoTestDatabase();
		connection = await createConnection(database.options.url, { dbName: database.options.database }).asPromise();
	});
	afterAll(async () => {
		await connection.close();
		await database.drop();
	});

	describe('store', () => {
		notifierStoreContract(async () => {
			const store = await replica(database, 'one');
			const db = connection.getClient().db(database.options.database);
			await db.createCollection('system.profile', { capped: true, size: 64_000_000 });
			await db.command({ profile: 2 });
			const close = async () => {
				await db.command({ profile: 0 });
				profiled = await db
					.collection<Profiled>('system.profile')
					.find({}, { hint: { $natural: 1 } })
					.toArray();
				await store.close();
			};
			return { ...store, close };
		});
	});

	it('finds everything that the contract asks for by an index, in its order', () => {
		const planned = profiled.filter((one) => one.planSummary !== undefined && !one.ns.includes('.system.') && !follows(one));
		expect(new Set(planned.map(({ ns }) => ns.slice(ns.indexOf('.') + 1)))).toEqual(
			new Set(['notifications', 'templates', 'mails', 'sms', 'counters', 'leases']),
		);
		expect(planned.map(({ op }) => op)).toEqual(expect.arrayContaining(['query', 'update', 'remove', 'command']));
		expect(planned.filter(({ planSummary, hasSortStage }) => planSummary?.includes('COLLSCAN') || hasSortStage)).toEqual([]);
	});
});

describe('MongoDB', () => {
	notifierReplicasContract(async () => {
		const database = mongoTestDatabase();
		const [one, other] = await Promise.all([replica(database, 'one'), replica(database, 'other')]);
		const close = async () => {
			await one.close();
			await database.drop();
		};
		return [{ ...one, close }, other];
	});
});

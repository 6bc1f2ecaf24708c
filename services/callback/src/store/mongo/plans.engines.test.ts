import { DeliveryState } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { mongoTestDatabase } from '@fefaent/testing';
import { type Connection, createConnection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { afterAttempt, newDelivery } from '../../domain/delivery.ts';
import { wellHealth } from '../../domain/endpoint.ts';
import { changed, endpoint, noon } from '../../testing/fixtures.ts';
import type { CallbackStore } from '../port.ts';
import { openMongoCallbackStore } from './store.ts';

/** What the server's profiler tells of an operation. */
interface Profiled {
	readonly op: string;
	readonly ns: string;
	readonly planSummary?: string;
	readonly hasSortStage?: boolean;
	readonly keysExamined?: number;
	readonly docsExamined?: number;
	readonly command?: { readonly pipeline?: readonly object[] };
}

const perEndpoint = 200;
const endpointIds = Array.from({ length: 5 }, (_, index) => `e${index}`);
const later = new Date(noon.getTime() + 1_000);

describe('MongoDB', () => {
	let database: ReturnType<typeof mongoTestDatabase>;
	let store: ReturnType<typeof openMongoCallbackStore>;
	let connection: Connection;

	beforeAll(async () => {
		database = mongoTestDatabase();
		const onError = (error: unknown, where: string) => process.emitWarning(`${where}: ${String(error)}`);
		store = openMongoCallbackStore({ ...database.options, owner: 'one', onError });
		await store.prepare();
		connection = await createConnection(database.options.url, { dbName: database.options.database }).asPromise();
		for (const [index, id] of endpointIds.entries()) {
			const given = { ...endpoint({ url: 'https://example.org/' }), id };
			await store.putEndpoint({ endpoint: given, revision: 1, sealedSecrets: new Uint8Array(), health: wellHealth });
			const ids = Array.from({ length: perEndpoint }, (_, count) => index * perEndpoint + count + 1);
			const events = ids.map((one) => ({ ...changed(one, State.DEPOSITED, noon), state: State.DEPOSITED }));
			await store.record(events.map((event) => newDelivery(event, { id }, noon, undefined)));
		}
	});
	afterAll(async () => {
		await connection.close();
		await store.close();
		await database.drop();
	});

	/** What the server did for some work. */
	const profiled = async (work: (store: CallbackStore) => Promise<unknown>): Promise<readonly Profiled[]> => {
		const db = connection.getClient().db(database.options.database);
		await db.command({ profile: 2 });
		await work(store);
		await db.command({ profile: 0 });
		const found = await db.collection<Profiled>('system.profile').find().toArray();
		await db.collection('system.profile').drop();
		// Change streams read the server's own log.
		const ofStream = ({ op, command }: Profiled) => op === 'getmore' || command?.pipeline?.some((stage) => '$changeStream' in stage);
		return found.filter((one) => !one.ns.endsWith('system.profile') && one.planSummary !== undefined && !ofStream(one));
	};

	const any = { notificationIds: [], endpointId: '', state: undefined, afterPosition: '', limit: 10 };
	const named = { ids: [], endpointId: '', notificationIds: [], afterPosition: '' };

	/** Each question, with the most index keys and documents that it may look at. */
	const questions: readonly (readonly [string, number, number, (store: CallbackStore) => Promise<unknown>])[] = [
		['what is due at an endpoint, and what that waits behind', 10, 10, (s) => s.due('e1', noon, 8)],
		['which endpoints have something due', 20, 0, (s) => s.endpointsDue(noon)],
		['how much is due', perEndpoint * 2 + 3, 0, (s) => s.countDue(['e1', 'e2'], noon)],
		['what comes next', 1, 1, (s) => s.nextInstant(noon)],
		['the log', 16, 10, (s) => s.list(any)],
		['the log of a state', 12, 10, (s) => s.list({ ...any, state: DeliveryState.PENDING })],
		['the log of an endpoint', 16, 10, (s) => s.list({ ...any, endpointId: 'e1' })],
		['the log of an endpoint and state', 12, 10, (s) => s.list({ ...any, endpointId: 'e1', state: DeliveryState.PENDING })],
		['the log of notifications', 12, 3, (s) => s.list({ ...any, notificationIds: [1, 2, 900] })],
		['pending ones that are given up', 4, 3, (s) => s.giveUp({ endpointId: 'e3', why: 'ENDPOINT_DELETED', now: noon, limit: 3 })],
		[
			'those due for long that are given up',
			4,
			3,
			(s) => s.giveUp({ endpointId: 'e3', dueUntil: noon, why: 'ENDPOINT_DELETED', now: noon, limit: 3 }),
		],
		['pending ones about what is purged', 8, 2, (s) => s.forget([301, 302], 'NOTIFICATION_PURGED', noon)],
		['exhausted ones of an endpoint', 6, 3, (s) => s.redrive({ ...named, endpointId: 'e3' }, later, 2)],
		['exhausted ones of notifications', 6, 3, (s) => s.redrive({ ...named, notificationIds: [301, 302] }, later, 2)],
		['what is settled', 6, 4, (s) => s.prune(later, 3)],
		['endpoints of issuers', 8, 5, (s) => s.endpointsOf(['DEMO', 'OTHER'])],
		['a page of endpoints', 3, 2, (s) => s.pageOfEndpoints({ issuerCode: '', afterId: 'e1', limit: 2 })],
		['a page of endpoints of an issuer', 3, 2, (s) => s.pageOfEndpoints({ issuerCode: 'DEMO', afterId: 'e1', limit: 2 })],
		['endpoints held by an owner', 2, 1, (s) => s.release('nobody')],
	];
	test.each(questions)(
		'%s is found by an index, in its order, and no more is looked at than asked for',
		async (_, keys, documents, ask) => {
			const done = await profiled(ask);
			expect(done.length).toBeGreaterThan(0);
			expect(done.filter(({ planSummary, hasSortStage }) => planSummary?.includes('COLLSCAN') || hasSortStage)).toEqual([]);
			for (const one of done) {
				expect(one.keysExamined ?? 0, JSON.stringify(one)).toBeLessThanOrEqual(keys);
				expect(one.docsExamined ?? 0, JSON.stringify(one)).toBeLessThanOrEqual(documents);
			}
		},
	);

	test('every write finds its document by its id', async () => {
		const due = await store.due('e4', noon, 2);
		const done = await profiled(async () => {
			const entry = { at: noon, durationMs: 5, httpStatus: 200, failure: '', detail: '' };
			await store.settle(
				due.map((record) => ({ record, delivery: afterAttempt(record.delivery, entry, { kind: 'delivered' }, noon), dueAt: undefined })),
			);
			await store.defer(due.map(({ delivery: { id } }) => ({ id, until: later })));
			await store.lease('e4', 'one', 0, 1);
			await store.setHealth('e4', 1, wellHealth);
			expect(await store.resealEndpoint('e4', 1, new Uint8Array([1]))).toBe(true);
			await store.endWaits(['e4']);
		});
		expect(done.filter(({ op }) => op === 'update').length).toBeGreaterThanOrEqual(8);
		for (const { planSummary } of done) expect(planSummary).toMatch(/^(IXSCAN \{ _id: 1 \}|IDHACK)$/);
	});
});

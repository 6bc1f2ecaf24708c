import { DeliveryState, Endpoint } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { type Database, openDatabase } from '@fefaent/store-kit';
import { type WatchedDatabase, watchQueries } from '@fefaent/store-kit/testing';
import { temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { newDelivery } from '../domain/delivery.ts';
import { wellHealth } from '../domain/endpoint.ts';
import { changed, endpoint, noon } from '../testing/fixtures.ts';
import { callbackStoreContract } from './contract.ts';
import { migrations } from './migrations.ts';
import { callbackReplicasContract } from './replicas.contract.ts';
import { callbackStoreOn, openSqliteCallbackStore } from './sqlite.ts';

/** Everything that the contract asked. */
const asked = new Set<string>();

const open = async () => {
	const folder = temporaryFolder();
	let watched: WatchedDatabase;
	const open = () => {
		watched = watchQueries(openDatabase({ path: folder.join('callback.db'), migrations, name: 'callback' }));
		return callbackStoreOn(watched.db);
	};
	let store = open();
	const close = async () => {
		for (const sql of watched.plans().keys()) asked.add(sql);
		await store.close();
	};
	return {
		get store() {
			return store;
		},
		get other() {
			return store;
		},
		reopen: async () => {
			await close();
			store = open();
			return store;
		},
		end: async () => {
			await close();
			await folder.remove();
		},
	};
};
callbackStoreContract('SQLite', open);
callbackReplicasContract('SQLite', open);

/** How tables are entered: no other way, whatever SQLite knows of the data. */
const ways = [
	'SCAN endpoints USING COVERING INDEX sqlite_autoindex_endpoints_1',
	'SEARCH b USING COVERING INDEX deliveries_lane (notification_id=? AND endpoint_id=? AND seq<?)',
	'SEARCH b USING INDEX deliveries_lane (notification_id=? AND endpoint_id=? AND seq<?)',
	'SEARCH d EXISTS USING COVERING INDEX deliveries_queue (endpoint_id=? AND due_at<?)',
	'SEARCH d USING COVERING INDEX deliveries_queue (endpoint_id=? AND due_at<?)',
	'SEARCH d USING INDEX deliveries_by_endpoint (endpoint_id=? AND state=? AND seq>?)',
	'SEARCH d USING INDEX deliveries_by_notification (notification_id=? AND seq>?)',
	'SEARCH d USING INDEX deliveries_queue (endpoint_id=? AND due_at<?)',
	'SEARCH d USING INDEX sqlite_autoindex_deliveries_1 (id=? AND rowid>?)',
	'SEARCH deliveries USING COVERING INDEX deliveries_due (due_at>?)',
	'SEARCH deliveries USING COVERING INDEX deliveries_queue',
	'SEARCH deliveries USING COVERING INDEX deliveries_queue (endpoint_id>?)',
	'SEARCH deliveries USING COVERING INDEX deliveries_settled (settled_at>? AND settled_at<?)',
	'SEARCH deliveries USING COVERING INDEX sqlite_autoindex_deliveries_1 (id=?)',
	'SEARCH deliveries USING INDEX deliveries_by_endpoint (endpoint_id=? AND state=? AND seq>?)',
	'SEARCH deliveries USING INDEX deliveries_by_notification (notification_id=? AND seq>?)',
	'SEARCH deliveries USING INDEX deliveries_by_state (state=? AND seq>?)',
	'SEARCH deliveries USING INDEX deliveries_lane (notification_id=?)',
	'SEARCH deliveries USING INDEX deliveries_of_endpoint (endpoint_id=? AND seq>?)',
	'SEARCH deliveries USING INDEX deliveries_queue (endpoint_id=? AND due_at<?)',
	'SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id=?)',
	'SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)',
	'SEARCH deliveries USING INTEGER PRIMARY KEY (rowid>?)',
	'SEARCH endpoints USING COVERING INDEX endpoints_by_wait (not_before>?)',
	'SEARCH endpoints USING INDEX endpoints_by_owner (owner=?)',
	'SEARCH endpoints USING INDEX endpoints_of_issuer (issuer_code=? AND id>?)',
	'SEARCH endpoints USING INDEX endpoints_of_issuer (issuer_code=?)',
	'SEARCH endpoints USING INDEX sqlite_autoindex_endpoints_1 (id=?)',
	'SEARCH endpoints USING INDEX sqlite_autoindex_endpoints_1 (id>?)',
];

const plansOf = (db: Database) =>
	new Map([...asked].map((sql) => [sql, db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail)]));

/** Records deliveries of so many endpoints about so many notifications; of every ten only as many stay pending as `pending` says. */
async function fill(
	db: Database,
	{ endpoints, notifications, pending }: Readonly<Record<'endpoints' | 'notifications' | 'pending', number>>,
) {
	const store = callbackStoreOn(db);
	for (let index = 0; index < endpoints; index++) {
		const given = { ...endpoint({ url: 'https://example.org/' }), id: `e${index}` };
		await store.putEndpoint({ endpoint: given, revision: 1, sealedSecrets: new Uint8Array(), health: wellHealth });
	}
	const event = (id: number, index: number) => ({ ...changed(id, state, noon, { id: `event-${index}` }), state });
	const items = Array.from({ length: 3_000 }, (_, index) =>
		newDelivery(event((index % notifications) + 1, index), { id: `e${index % endpoints}` }, noon, undefined),
	);
	await store.record(items);
	const settled = (await store.list({ notificationIds: [], endpointId: '', state: undefined, afterPosition: '', limit: 3_000 })).filter(
		(_, index) => index % 10 >= pending,
	);
	const delivered = { state: DeliveryState.DELIVERED, settledAt: noon };
	await store.settle(settled.map((record) => ({ record, delivery: { ...record.delivery, ...delivered }, dueAt: undefined })));
}

const state = State.DEPOSITED;

// Statistics are written at a clean close only, so plans that follow them differ after a stop and after a kill.
test('every statement goes by the index that was made for it, without statistics and with those of very different data', async () => {
	await using folder = temporaryFolder();
	const open = (name: string) => openDatabase({ path: folder.join(`${name}.db`), migrations, name: 'callback' });
	const fresh = open('fresh');
	const plans = plansOf(fresh);
	await fresh.close();
	expect(plans.size).toBeGreaterThan(30);
	const steps = [...plans.values()].flat().filter((step) => /^(SEARCH|SCAN) (?!json_each|named|pending)/.test(step));
	expect([...new Set(steps)].sort()).toEqual(ways);
	// Only what a request names by ids, a hundred at most, is put in order after it was found.
	const sorted = [...plans].filter(([, plan]) => plan.some((step) => step.includes('TEMP B-TREE')));
	expect(sorted.filter(([sql]) => !sql.includes('json_each'))).toEqual([]);

	for (const [index, shape] of [
		{ endpoints: 1, notifications: 3_000, pending: 10 },
		{ endpoints: 1, notifications: 3_000, pending: 1 },
		{ endpoints: 300, notifications: 1, pending: 10 },
		{ endpoints: 300, notifications: 1_500, pending: 0 },
	].entries()) {
		const db = open(`shape-${index}`);
		await fill(db, shape);
		db.all('ANALYZE');
		expect(db.all('SELECT idx FROM sqlite_stat1').length).toBeGreaterThan(5);
		expect(plansOf(db)).toEqual(plans);
		await db.close();
	}
});

test('a store that is closed answers no ping', async () => {
	await using folder = temporaryFolder();
	const store = openSqliteCallbackStore({ path: folder.join('callback.db') });
	await store.ping();
	await store.close();
	await expect(store.ping()).rejects.toThrow();
});

test('the endpoints of a data folder of an earlier version are kept, and can be changed', async () => {
	await using folder = temporaryFolder();
	const path = folder.join('callback.db');
	const old = openDatabase({ path, migrations: migrations.slice(0, 3), name: 'callback' });
	const given = { ...endpoint({ url: 'https://example.org/' }), id: 'e' };
	const sql = `INSERT INTO endpoints (id, issuer_code, created_at, revision, document, secrets, failures, lease_until) VALUES ('e', 'DEMO', 0, 7, ?, ?, 2, 0)`;
	await old.write((tx) => tx.run(sql, Endpoint.encode(given).finish(), new Uint8Array()));
	await old.close();
	const store = openSqliteCallbackStore({ path });
	const [kept] = await store.getEndpoints(['e']);
	expect(kept).toMatchObject({ revision: 7, generation: 1, health: { failures: 2 } });
	await store.endWaits(['e']);
	expect(await store.putEndpoint({ endpoint: given, revision: 8, sealedSecrets: new Uint8Array(), health: wellHealth }, 2)).toBe(true);
	expect((await store.getEndpoints(['e']))[0]).toMatchObject({ revision: 8, generation: 3, health: wellHealth });
	await store.close();
});

import { openDatabase } from '@fefaent/store-kit';
import { type WatchedDatabase, watchQueries } from '@fefaent/store-kit/testing';
import { temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { stateEngineStoreContract } from './contract.ts';
import { migrations } from './migrations.ts';
import { openSqliteStateEngineStore, stateEngineStoreOn } from './sqlite.ts';

const plans = new Map<string, readonly string[]>();

stateEngineStoreContract('SQLite', async () => {
	const folder = temporaryFolder();
	let watched: WatchedDatabase;
	const open = () => {
		watched = watchQueries(openDatabase({ path: folder.join('state-engine.db'), migrations, name: 'state-engine' }));
		return stateEngineStoreOn(watched.db);
	};
	let store = open();
	const close = () => {
		for (const [sql, plan] of watched.plans()) plans.set(sql, plan);
		return store.close();
	};
	return {
		store,
		reopen: async () => {
			await close();
			store = open();
			return store;
		},
		dispose: async () => {
			await close();
			await folder.remove();
		},
	};
});

it('finds everything that the contract asks for by an index, in its order', () => {
	expect(plans.size).toBeGreaterThan(15);
	for (const [sql, plan] of plans) {
		// The few that are leased, by the index that holds no others.
		const steps = plan.filter((step) => step !== 'SCAN timers USING INDEX timers_by_owner');
		expect([sql, steps.filter((step) => /^SCAN (timers|workflows|t|w|o)\b/.test(step))]).toEqual([sql, []]);
	}
	const limited = [...plans].filter(([sql]) => sql.includes('LIMIT'));
	expect(limited.flatMap(([sql, plan]) => (sql.includes('min(') ? [] : [plan[0]]))).toEqual([
		'SEARCH t USING INDEX timers_fresh (proved=? AND due_at<?)',
		expect.stringMatching(/^SEARCH t USING INDEX timers_held \(proved=\? AND free_at>\? AND free_at<\?\)$/),
	]);
	expect(limited.flatMap(([, plan]) => plan).filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
});

it('keeps the timers of a data folder of the first version', async () => {
	await using folder = temporaryFolder();
	const path = folder.join('state-engine.db');
	const old = openDatabase({ path, migrations: migrations.slice(0, 1), name: 'state-engine' });
	await old.write((tx) => {
		tx.run("INSERT INTO workflows VALUES (1, 'enotum', 1, '\"deposited\"', '{}', 1, 1), (2, 'enotum', 1, '\"deposited\"', '{}', 1, 1)");
		tx.run(`INSERT INTO timers VALUES (1, 'reminder', 10, 0, NULL, 0, NULL), (1, 'expiry', 20, 3, NULL, 300, NULL),
			(2, 'expiry', 15, 0, NULL, 400, 'gone')`);
	});
	await old.close();
	const store = openSqliteStateEngineStore({ path });
	const claim = (proved: boolean, realNow: number) =>
		store.claimDue({ now: new Date(50), realNow, proved, except: [], owner: 'a', leaseUntil: realNow + 10, limit: 10 });
	const took = [];
	for (const [proved, realNow] of [
		[true, 100],
		[false, 100],
		[true, 300],
		[true, 400],
	] as const) {
		took.push((await claim(proved, realNow)).map((one) => `${one.notificationId}.${one.kind}`));
	}
	expect(took).toEqual([[], ['1.reminder'], ['1.expiry'], ['1.expiry', '2.expiry']]);
	await store.close();
});

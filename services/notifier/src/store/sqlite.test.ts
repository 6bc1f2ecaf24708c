import { Channel } from '@fefaent/contracts/notifier';
import { openDatabase } from '@fefaent/store-kit';
import { type WatchedDatabase, watchQueries } from '@fefaent/store-kit/testing';
import { temporaryFolder } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { notifierStoreContract } from './contract.ts';
import { migrations } from './migrations.ts';
import { notifierStoreOn, openSqliteNotifierStore } from './sqlite.ts';

let watched: WatchedDatabase;
let plans: ReadonlyMap<string, readonly string[]> = new Map();

describe('SQLite', () =>
	notifierStoreContract(async () => {
		watched = watchQueries(openDatabase({ path: temporaryFolder().join('notifier.db'), migrations, name: 'notifier' }));
		const store = notifierStoreOn(watched.db);
		const close = () => {
			plans = watched.plans();
			return store.close();
		};
		return { ...store, close };
	}));

it('finds everything that the contract asks for by an index', () => {
	expect(plans.size).toBeGreaterThan(25);
	for (const [sql, plan] of plans) {
		// A page of everything, in the order in which it lies there.
		if (!sql.includes('WHERE') && sql.includes('LIMIT') && !plan.join().includes('TEMP B-TREE')) continue;
		expect([sql, plan.filter((step) => /^SCAN (?!json_each|CONSTANT)/.test(step))]).toEqual([sql, []]);
	}
});

it('takes notices in the order of their index', () => {
	const due = [...plans].filter(([sql]) => sql.includes('ORDER BY due_at') && !sql.includes('min(recorded_at)'));
	expect(due.map(([, [first]]) => first)).toEqual(['SEARCH notices USING INDEX notices_by_due (channel=? AND due_at<?)']);
	expect(due.flatMap(([, plan]) => plan).filter((step) => step.includes('TEMP B-TREE FOR ORDER'))).toEqual([]);
});

it('looks at the first of the queue for the notice that waits longest', () => {
	const [plan = []] = [...plans].flatMap(([sql, steps]) => (sql.includes('min(recorded_at)') ? [steps] : []));
	expect(plan.filter((step) => step.includes('notices'))).toEqual(
		Array.from({ length: 2 }, () => 'SEARCH notices USING INDEX notices_by_due (channel=?)'),
	);
	expect(plan.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
});

it('finds failed notices by their own index', () => {
	const failed = [...plans].filter(([sql]) => sql.includes('state = 3'));
	expect(failed.map(([, plan]) => plan)).toEqual([['SEARCH notices USING INDEX notices_failed (id>?)']]);
});

it('keeps what it was told over a restart', async () => {
	await using folder = temporaryFolder();
	const path = folder.join('notifier.db');
	const first = openSqliteNotifierStore({ path });
	await first.messages.putSms([
		{ noticeId: 'n', notificationId: 1, reference: 'n-0', to: '+34600000000', text: 'x', at: new Date('2026-03-01T10:00:00Z') },
	]);
	await first.close();
	const second = openSqliteNotifierStore({ path });
	expect(await second.messages.listSms(1)).toHaveLength(1);
	expect(await second.notices.untilNext(Channel.SMS, new Date(), 0)).toBeUndefined();
	await second.close();
});

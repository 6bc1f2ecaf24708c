import { DeliveryState } from '@fefaent/contracts/callback';
import { openDatabase } from '@fefaent/store-kit';
import { temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { noon } from '../testing/fixtures.ts';
import { callbackStoreContract } from './contract.ts';
import { migrations } from './migrations.ts';
import { openSqliteCallbackStore } from './sqlite.ts';
import * as deliveries from './sqlite-deliveries.ts';

callbackStoreContract('SQLite', async () => {
	const folder = temporaryFolder();
	const path = folder.join('callback.db');
	let store = openSqliteCallbackStore({ path: path });
	return {
		get store() {
			return store;
		},
		reopen: async () => {
			await store.close();
			store = openSqliteCallbackStore({ path: path });
			return store;
		},
		end: async () => {
			await store.close();
			await folder.remove();
		},
	};
});

test('no question scans the backlog, and the queue is read in the order of its index', async () => {
	await using folder = temporaryFolder();
	const db = openDatabase({ path: folder.join('callback.db'), migrations, name: 'callback' });
	try {
		const plans: string[] = [];
		const reader = {
			all: <T>(sql: string, ...params: never[]): T[] => {
				plans.push(...db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params).map(({ detail }) => detail));
				return [];
			},
			get: () => undefined,
		};
		deliveries.due(reader, 'e', noon, 8);
		deliveries.endpointsDue(reader, noon);
		deliveries.pendingAbout(reader, [1]);
		deliveries.pendingOf(reader, { endpointId: 'e', why: 'ENDPOINT_DELETED', now: noon, limit: 1 });
		const any = { notificationIds: [], endpointId: '', state: undefined, afterSeq: 0, limit: 1 };
		deliveries.list(reader, { ...any, notificationIds: [1] });
		expect(plans.filter((plan) => /^SCAN (d|b|deliveries)\b/.test(plan))).toEqual([]);
		const queue = plans.filter((plan) => /deliveries_queue/.test(plan));
		expect(queue.length).toBeGreaterThan(0);
		plans.length = 0;
		deliveries.due(reader, 'e', noon, 8);
		deliveries.list(reader, { ...any, endpointId: 'e' });
		deliveries.list(reader, { ...any, endpointId: 'e', state: DeliveryState.EXHAUSTED });
		const none = { ids: [], endpointId: '', notificationIds: [], afterSeq: 0 };
		deliveries.exhaustedOf(reader, { ...none, endpointId: 'e' }, noon, 8);
		expect(plans.filter((plan) => /TEMP B-TREE/.test(plan))).toEqual([]);
		plans.length = 0;
		deliveries.exhaustedOf(reader, { ...none, notificationIds: [1] }, noon, 8);
		deliveries.exhaustedOf(reader, { ...none, ids: ['i'] }, noon, 8);
		expect(plans.filter((plan) => /^SEARCH d\b/.test(plan))).toEqual([
			'SEARCH d USING INDEX deliveries_by_notification (notification_id=? AND seq>?)',
			'SEARCH d USING INDEX sqlite_autoindex_deliveries_1 (id=? AND rowid>?)',
		]);
	} finally {
		await db.close();
	}
});

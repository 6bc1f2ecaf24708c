import { Channel } from '@fefaent/contracts/notifier';
import { openDatabase } from '@fefaent/store-kit';
import { temporaryFolder } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { notifierStoreContract } from './contract.ts';
import { migrations } from './migrations.ts';
import { openSqliteNotifierStore } from './sqlite.ts';

describe('SQLite', () => notifierStoreContract(async () => openSqliteNotifierStore({ path: temporaryFolder().join('notifier.db') })));

it('keeps what it was told over a restart', async () => {
	await using folder = temporaryFolder();
	const path = folder.join('notifier.db');
	const first = openSqliteNotifierStore({ path });
	await first.outbox.putSms([
		{ noticeId: 'n', notificationId: 1, reference: 'n-0', to: '+34600000000', text: 'x', at: new Date('2026-03-01T10:00:00Z') },
	]);
	await first.close();
	const second = openSqliteNotifierStore({ path });
	expect(await second.outbox.listSms(1)).toHaveLength(1);
	expect(await second.notices.untilNext(Channel.SMS, new Date(), 0)).toBeUndefined();
	await second.close();
});

describe('every query has an index', () => {
	it.each([
		'SELECT id FROM notices WHERE state = 1 AND channel = ? AND due_at <= ? AND free_at <= ? ORDER BY due_at, id LIMIT ?',
		'SELECT min(due_at) FROM notices WHERE state = 1 AND channel = ? AND due_at > ?',
		'SELECT min(free_at) FROM notices WHERE state = 1 AND channel = ? AND due_at <= ? AND free_at > ?',
		'SELECT count(*) FROM notices WHERE state = 1 AND channel IN (1, 2) AND due_at <= ?',
		'SELECT id FROM notices WHERE notification_id = ? AND state = 1',
		'SELECT id FROM notices WHERE notification_id IN (SELECT value FROM json_each(?))',
		'UPDATE notices SET owner = NULL WHERE owner = ?',
		'DELETE FROM mail_outbox WHERE notification_id = ?',
		'DELETE FROM sms_outbox WHERE notification_id = ?',
	])('%s', async (sql) => {
		await using folder = temporaryFolder();
		const db = openDatabase({ path: folder.join('plan.db'), migrations, name: 'plan' });
		const holes = Array.from(sql.matchAll(/\?/g), () => 1);
		const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...holes).map(({ detail }) => detail);
		await db.close();
		expect(plan.some((detail) => /^SEARCH (notices|mail_outbox|sms_outbox) USING .*INDEX/.test(detail))).toBe(true);
		expect(plan.some((detail) => /^SCAN (notices|mail_outbox|sms_outbox)/.test(detail))).toBe(false);
		if (sql.includes('ORDER BY due_at')) expect(plan.join()).not.toContain('TEMP B-TREE');
	});
});

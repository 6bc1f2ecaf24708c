import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, inboxSchema, openDatabase, outboxSchema, SqliteInbox, SqliteOutbox } from '../index.ts';

let folder: string;
let db: Database;
let outbox: SqliteOutbox;

const open = () =>
	openDatabase({ path: join(folder, 'x.db'), name: 'x', migrations: [{ version: 1, name: 'all', sql: outboxSchema + inboxSchema }] });

const event = (eventId: string, at = new Date('2026-03-01T10:00:00.123Z')) => ({
	eventId,
	topic: 'fefaent.notification.v1',
	key: '42',
	type: 'Deposited',
	at,
	headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
	body: new Uint8Array([0, 1, 255]),
});

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'store-'));
	db = open();
	outbox = new SqliteOutbox(db);
});
afterEach(async () => {
	await db.close();
	rmSync(folder, { recursive: true });
});

describe('outbox', () => {
	test('gives events back whole and in order, until they are done', async () => {
		await db.write((tx) => outbox.append(tx, [event('a'), event('b')]));
		await db.write((tx) => outbox.append(tx, [event('c')]));
		expect(await outbox.take(2)).toEqual([
			{ seq: 1, ...event('a') },
			{ seq: 2, ...event('b') },
		]);
		expect(outbox.depth()).toBe(3);
		const published = await outbox.take(2);
		await outbox.done(published);
		await outbox.done(published);
		await outbox.done([]);
		expect((await outbox.take(10)).map((row) => row.eventId)).toEqual(['c']);
	});

	test('holds the event exactly when it holds the fact', async () => {
		const failed = db.write((tx) => {
			outbox.append(tx, [event('a')]);
			throw new Error('the fact was refused');
		});
		await Promise.allSettled([failed, db.write((tx) => outbox.append(tx, [event('b')]))]);
		expect((await outbox.take(10)).map((row) => row.eventId)).toEqual(['b']);
	});

	test('never gives a number again, not even after a restart with nothing left', async () => {
		await db.write((tx) => outbox.append(tx, [event('a')]));
		await outbox.done(await outbox.take(1));
		await db.close();
		db = open();
		outbox = new SqliteOutbox(db);
		await db.write((tx) => outbox.append(tx, [event('b')]));
		expect((await outbox.take(10)).map((row) => row.seq)).toEqual([2]);
	});

	test('tells how much waits and since when', async () => {
		expect(outbox.depth()).toBe(0);
		expect(outbox.oldestAt()).toBeUndefined();
		const later = new Date('2026-03-02T00:00:00Z');
		await db.write((tx) => outbox.append(tx, [event('a'), event('b', later)]));
		expect(outbox.oldestAt()).toEqual(event('a').at);
		await outbox.done(await outbox.take(1));
		expect(outbox.oldestAt()).toEqual(later);
	});

	test('wakes every listener on commits that brought events, and on no other', async () => {
		let heard = 0;
		const stop = outbox.onCommitted(() => heard++);
		outbox.onCommitted(() => heard++);
		await db.write((tx) => outbox.append(tx, [event('a')]));
		expect(heard).toBe(2);
		await outbox.done(await outbox.take(1));
		await db.write((tx) => outbox.append(tx, []));
		expect(heard).toBe(2);
		stop();
		await db.write((tx) => outbox.append(tx, [event('b')]));
		expect(heard).toBe(3);
	});
});

describe('inbox', () => {
	const inbox = new SqliteInbox();
	const at = new Date('2026-03-01T10:00:00Z');

	test('knows an event again, per group', async () => {
		const seen = await db.write((tx) => [
			inbox.firstTime(tx, 'g', 'a', at),
			inbox.firstTime(tx, 'g', 'a', at),
			inbox.firstTime(tx, 'h', 'a', at),
			inbox.firstTime(tx, 'g', 'b', at),
		]);
		expect(seen).toEqual([true, false, true, true]);
	});

	test('an effect that failed did not happen', async () => {
		const failed = db.write((tx) => {
			inbox.firstTime(tx, 'g', 'a', at);
			throw new Error('no');
		});
		await failed.catch(() => {});
		expect(await db.write((tx) => inbox.firstTime(tx, 'g', 'a', at))).toBe(true);
	});

	test('forgets the oldest first, as many as told', async () => {
		await db.write((tx) => {
			for (let day = 1; day <= 5; day++) inbox.firstTime(tx, 'g', `e${day}`, new Date(Date.UTC(2026, 0, day)));
		});
		const before = new Date(Date.UTC(2026, 0, 4));
		expect(await db.write((tx) => inbox.prune(tx, before, 2))).toBe(2);
		expect(await db.write((tx) => inbox.prune(tx, before, 2))).toBe(1);
		expect(db.all('SELECT event_id FROM inbox ORDER BY event_id')).toEqual([{ event_id: 'e4' }, { event_id: 'e5' }]);
	});
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armCrashpoints, systemClock } from '@fefaent/kernel';
import { type Database, type OutboxEvent, openDatabase, outboxSchema, SqliteOutbox } from '@fefaent/store-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allDone, eventually, text } from './conformance/kit.ts';
import { type EventBus, OutboxRelay, type OutboxRelayOptions, openEmbeddedBus } from './index.ts';

let folder: string;
let db: Database;
let outbox: SqliteOutbox;
let bus: EventBus;
let delivered: { id: string; text: string }[];
const relays: OutboxRelay[] = [];

function relay(options: Partial<OutboxRelayOptions> = {}): OutboxRelay {
	const retry = { firstMs: 5, factor: 1, maxMs: 5, jitter: 0 };
	const made = new OutboxRelay({ name: 'x', source: outbox, bus, retry, onError: () => {}, pollMs: 60_000, ...options });
	relays.push(made);
	return made;
}

const event = (body: string, key = 'k'): OutboxEvent => ({
	eventId: `id-${body}`,
	topic: 't',
	key,
	type: 'x',
	at: new Date('2026-03-01T10:00:00Z'),
	headers: {},
	body: Buffer.from(body),
});
const append = (...bodies: string[]) =>
	db.write((tx) =>
		outbox.append(
			tx,
			bodies.map((one) => event(one)),
		),
	);
const texts = () => delivered.map((one) => one.text);

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'relay-'));
	db = openDatabase({ path: join(folder, 'x.db'), name: 'x', migrations: [{ version: 1, name: 'outbox', sql: outboxSchema }] });
	outbox = new SqliteOutbox(db);
	bus = openEmbeddedBus({ path: join(folder, 'bus.db'), clock: systemClock, retentionMs: 3_600_000 });
	delivered = [];
	bus.follow({
		topics: ['t'],
		group: 'g',
		handle: async (batch) => {
			delivered.push(...batch.map((one) => ({ id: one.id, text: text(one) })));
			return allDone(batch);
		},
	});
});
afterEach(async () => {
	armCrashpoints(undefined);
	for (const one of relays.splice(0)) await one.stop();
	await bus.close();
	await db.close();
	rmSync(folder, { recursive: true });
});

describe('outbox relay', () => {
	test('publishes what an earlier process left, then what is committed, at once and in order', async () => {
		await append('1', '2');
		relay().start();
		await eventually('what was left', () => delivered.length === 2);
		await append('3');
		await append('4');
		await eventually('the rest', () => delivered.length === 4);
		expect(texts()).toEqual(['1', '2', '3', '4']);
		expect(delivered[0]?.id).toBe('id-1');
		await eventually('an empty outbox', () => outbox.depth() === 0);
	});

	test('goes on in batches until the outbox is empty', async () => {
		await append(...Array.from({ length: 95 }, (_, index) => `${index}`));
		const sizes: number[] = [];
		relay({
			batch: 10,
			bus: {
				publish: async (messages) => {
					sizes.push(messages.length);
					await bus.publish(messages);
				},
			},
		}).start();
		await eventually('all', () => delivered.length === 95);
		expect(sizes).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
		expect(texts()).toEqual(Array.from({ length: 95 }, (_, index) => `${index}`));
	});

	test('a bus that fails is tried again; nothing is lost or overtaken', async () => {
		let failures = 3;
		const heard: string[] = [];
		relay({
			onError: (error, where) => heard.push(`${where}: ${error}`),
			bus: {
				publish: async (messages) => {
					if (failures-- > 0) throw new Error('down');
					await bus.publish(messages);
				},
			},
		}).start();
		await append('1');
		await append('2');
		await eventually('both', () => delivered.length === 2);
		expect(texts()).toEqual(['1', '2']);
		expect(heard).toEqual(Array(3).fill('outbox x: Error: down'));
	});

	test('what was published and not yet forgotten is published again under the same id', async () => {
		let strikes = 1;
		armCrashpoints((name) => {
			if (name === 'outbox.x.published' && strikes-- > 0) throw new Error('struck');
		});
		relay().start();
		await append('1');
		await eventually('both', () => delivered.length === 2);
		expect(delivered.map((one) => one.id)).toEqual(['id-1', 'id-1']);
		await eventually('an empty outbox', () => outbox.depth() === 0);
	});

	test('polls, for commits it was not told of', async () => {
		relay({
			source: { take: (limit) => outbox.take(limit), done: (rows) => outbox.done(rows as never), onCommitted: () => () => {} },
			pollMs: 10,
		}).start();
		await append('1');
		await eventually('the event', () => delivered.length === 1);
	});

	test('stop publishes what was committed before it, and no more', async () => {
		const one = relay();
		one.start();
		await append(...Array.from({ length: 50 }, (_, index) => `${index}`));
		await one.stop();
		expect(outbox.depth()).toBe(0);
		await append('late');
		expect(outbox.depth()).toBe(1);
		relay().start();
		await eventually('the late one', () => texts().includes('late'));
	});

	test('stop does not wait for a bus that is down', async () => {
		const one = relay({
			retry: { firstMs: 60_000, factor: 1, maxMs: 60_000, jitter: 0 },
			bus: { publish: () => Promise.reject(new Error('down')) },
		});
		one.start();
		await append('1');
		await one.stop();
		expect(outbox.depth()).toBe(1);
	});

	test('a relay that was never started stops', async () => {
		await relay().stop();
	});
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armCrashpoints } from '@fefaent/kernel';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../index.ts';

const schema = 'CREATE TABLE item (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;';
let folder: string;
let db: Database;

function open(maxGroup?: number, maxWaiting?: number): Database {
	return openDatabase({
		path: join(folder, 'items.db'),
		name: 'items',
		migrations: [{ version: 1, name: 'items', sql: schema }],
		...(maxGroup && { maxGroup }),
		...(maxWaiting && { maxWaiting }),
	});
}

const add = (value: string) => db.write((tx) => tx.run('INSERT INTO item (value) VALUES (?)', value).lastInsertRowid);
const values = () => db.all<{ value: string }>('SELECT value FROM item ORDER BY id').map((row) => row.value);

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'store-'));
	db = open();
});

afterEach(async () => {
	armCrashpoints(undefined);
	await db.close();
	rmSync(folder, { recursive: true });
});

describe('group commit', () => {
	test('works of one turn share one transaction and each gets its own result', async () => {
		const ids = await Promise.all(['a', 'b', 'c'].map(add));
		expect(ids).toEqual([1, 2, 3]);
		expect(db.stats).toMatchObject({ commits: 1, works: 3, failedWorks: 0, largestGroup: 3, waiting: 0 });
	});

	test('a work that throws loses its own rows only, and its own promise', async () => {
		const broken = new Error('no');
		const results = await Promise.allSettled([
			add('a'),
			db.write((tx) => {
				tx.run("INSERT INTO item (value) VALUES ('half')");
				throw broken;
			}),
			add('a'),
			add('b'),
		]);
		expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
		expect(results[1]).toMatchObject({ reason: broken });
		expect(values()).toEqual(['a', 'b']);
		expect(db.stats).toMatchObject({ commits: 1, works: 2, failedWorks: 2 });
	});

	test('a lone work that throws leaves nothing behind', async () => {
		await expect(
			db.write((tx) => {
				tx.run("INSERT INTO item (value) VALUES ('half')");
				throw new Error('no');
			}),
		).rejects.toThrow('no');
		expect(values()).toEqual([]);
		await add('a');
		expect(values()).toEqual(['a']);
	});

	test('groups are bounded', async () => {
		await db.close();
		db = open(10);
		await Promise.all(Array.from({ length: 25 }, (_, index) => add(`v${index}`)));
		expect(db.stats).toMatchObject({ commits: 3, works: 25, largestGroup: 10 });
		expect(values()).toEqual(Array.from({ length: 25 }, (_, index) => `v${index}`));
	});

	test('too many waiting works are refused, those accepted are kept', async () => {
		await db.close();
		db = open(10, 3);
		const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(add));
		expect(results[3]).toMatchObject({ status: 'rejected', reason: { reason: 'STORE_BUSY', retryable: true } });
		expect(values()).toEqual(['a', 'b', 'c']);
	});

	test('an asynchronous work is refused and undone', async () => {
		await expect(
			db.write(async (tx) => {
				tx.run("INSERT INTO item (value) VALUES ('late')");
				throw new Error('never seen');
			}),
		).rejects.toMatchObject({ reason: 'STORE_WORK_ASYNC' });
		expect(values()).toEqual([]);
	});

	test('a transaction is of no use after its work', async () => {
		const leaked = await db.write((tx) => ({ tx }));
		expect(() => leaked.tx.run("INSERT INTO item (value) VALUES ('stray')")).toThrow(/after its work/);
		expect(values()).toEqual([]);
	});

	test('a commit that fails rejects every work of its group, and the next goes through', async () => {
		// A deferred reference is checked by COMMIT itself: the one honest way to make it fail.
		await db.write((tx) => tx.run('CREATE TABLE child (item INTEGER REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED)'));
		const results = await Promise.allSettled([add('a'), db.write((tx) => tx.run('INSERT INTO child VALUES (99)'))]);
		for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { reason: 'STORE_WRITE_FAILED' } });
		expect(values()).toEqual([]);
		await add('b');
		expect(values()).toEqual(['b']);
	});

	test('nothing is answered before the commit, and readers never see what is not committed', async () => {
		const hold = Promise.withResolvers<void>();
		const reached = Promise.withResolvers<void>();
		armCrashpoints((name) => {
			if (name !== 'store.items.before-commit') return;
			reached.resolve();
			return hold.promise;
		});
		let answered = false;
		const write = add('a').then(() => {
			answered = true;
		});
		await reached.promise;
		await new Promise((resolve) => setImmediate(resolve));
		expect(answered).toBe(false);
		expect(values()).toEqual([]);
		hold.resolve();
		await write;
		expect(values()).toEqual(['a']);
	});

	test('a crash point that throws before the commit rejects the group and writes nothing', async () => {
		armCrashpoints((name) => {
			if (name === 'store.items.before-commit') throw new Error('struck');
		});
		await expect(add('a')).rejects.toThrow('struck');
		expect(values()).toEqual([]);
	});

	test('listeners hear of commits, not of groups that wrote nothing', async () => {
		let heard = 0;
		const stop = db.onCommit(() => heard++);
		await Promise.all([add('a'), add('b')]);
		expect(heard).toBe(1);
		await add('a').catch(() => {});
		expect(heard).toBe(1);
		stop();
		await add('c');
		expect(heard).toBe(1);
	});

	test('close commits what waits and refuses what comes later', async () => {
		const waiting = ['a', 'b'].map(add);
		const closing = db.close();
		await expect(add('c')).rejects.toMatchObject({ reason: 'STORE_CLOSED' });
		await Promise.all(waiting);
		await closing;
		expect(() => db.all('SELECT 1')).toThrow(/closed/);
		db = open();
		expect(values()).toEqual(['a', 'b']);
	});

	test('any mix of works ends as if each had run alone, in order', async () => {
		const works = fc.array(fc.record({ value: fc.integer({ min: 0, max: 12 }), fails: fc.boolean() }), { maxLength: 40 });
		await fc.assert(
			fc.asyncProperty(works, fc.integer({ min: 1, max: 9 }), async (list, maxGroup) => {
				await db.close();
				rmSync(join(folder, 'items.db'));
				db = open(maxGroup);
				const expected = new Set<string>();
				const outcomes = list.map(({ value, fails }) => {
					const fresh = !fails && !expected.has(`${value}`);
					if (fresh) expected.add(`${value}`);
					return fresh ? 'fulfilled' : 'rejected';
				});
				const results = await Promise.allSettled(
					list.map(({ value, fails }) =>
						db.write((tx) => {
							tx.run('INSERT INTO item (value) VALUES (?)', `${value}`);
							if (fails) throw new Error('told to');
						}),
					),
				);
				expect(results.map((result) => result.status)).toEqual(outcomes);
				expect(values()).toEqual([...expected]);
			}),
			{ numRuns: 40 },
		);
	});
});

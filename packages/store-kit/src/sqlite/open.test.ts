import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, type Migration, openDatabase } from '../index.ts';

let folder: string;
const first: Migration = { version: 1, name: 'first', sql: 'CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT;' };
const second: Migration = {
	version: 2,
	name: 'second',
	sql: 'CREATE TABLE b (a INTEGER REFERENCES a (id)) STRICT; INSERT INTO a VALUES (7);',
};

/** What a process that is killed now leaves: the files as they are, opened by another one. */
async function kill(db: Database): Promise<Database> {
	const [from, to] = [join(folder, 'deep'), join(folder, 'copy')];
	cpSync(from, to, { recursive: true });
	await db.close();
	rmSync(from, { recursive: true });
	cpSync(to, from, { recursive: true });
	return open({ version: 1, name: 'texts', sql: 'CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT) STRICT;' });
}

const open = (...migrations: Migration[]) => openDatabase({ path: join(folder, 'deep', 'x.db'), name: 'x', migrations });

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('opening', () => {
	test('makes folder and file for the owner alone, durable and with references enforced', async () => {
		const db = open(first, second);
		expect(db.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
		expect(db.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
		await expect(db.write((tx) => tx.run('INSERT INTO b VALUES (1)'))).rejects.toThrow(/FOREIGN KEY/);
		for (const file of ['x.db', 'x.db-wal']) expect(statSync(join(folder, 'deep', file)).mode & 0o777).toBe(0o600);
		await db.close();
		await db.close();
	});

	describe('after a purge', () => {
		const texts: Migration = { version: 1, name: 'texts', sql: 'CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT) STRICT;' };
		const long = `personal${'x'.repeat(20_000)}`;
		const holds = () => readFileSync(join(folder, 'deep', 'x.db')).includes('personal');
		/** Texts of one page and of several, each written over once. */
		const filled = async () => {
			const db = open(texts);
			await db.write((tx) => {
				for (let id = 1; id <= 400; id++) tx.run('INSERT INTO texts VALUES (?, ?)', id, id % 2 === 0 ? long : 'personal');
			});
			await db.write((tx) => tx.run("UPDATE texts SET text = text || ' and more'"));
			return db;
		};

		test('nothing of it is left in the file', async () => {
			const db = await filled();
			await db.purge((tx) => {
				tx.run('DELETE FROM texts WHERE id > 200');
				tx.run('UPDATE texts SET text = NULL');
			});
			await db.close();
			expect(holds()).toBe(false);
			const again = open(texts);
			expect(again.get('SELECT count(*) AS count FROM erasure')).toEqual({ count: 0 });
			await again.close();
		});

		test('what a killed process could not overwrite, the next one does', async () => {
			const db = await filled();
			await db.write((tx) => {
				// As `purge` notes it; the process ends before it does more.
				tx.run("INSERT INTO erasure VALUES (x'')");
				tx.run('DELETE FROM texts');
			});
			const again = await kill(db);
			await again.close();
			expect(holds()).toBe(false);
		});

		test('what another purge frees while it is written over is written over, too', async () => {
			const db = await filled();
			await db.purge((tx) => tx.run('DELETE FROM texts WHERE id > 100'));
			/** Resolves after a commit with rows of zeros in the file, or without. */
			const zeros = (there: boolean) =>
				new Promise<void>((resolve) => {
					const stop = db.onCommit(() => {
						if ((db.get('SELECT 1 FROM erasure WHERE length(zeros) > 0') !== undefined) !== there) return;
						stop();
						resolve();
					});
				});
			await zeros(true);
			const ended = zeros(false);
			await db.purge((tx) => tx.run('DELETE FROM texts'));
			await ended;
			await db.close();
			expect(holds()).toBe(false);
		});

		test('nothing is overwritten for other deletions', async () => {
			const db = await filled();
			await db.write((tx) => tx.run('DELETE FROM texts'));
			await db.close();
			expect(holds()).toBe(true);
		});
	});

	test('applies each migration once', async () => {
		let db = open(first);
		await db.close();
		db = open(first, second);
		await db.close();
		db = open(first, second);
		expect(db.all('SELECT id FROM a')).toEqual([{ id: 7 }]);
		await db.close();
	});

	test('refuses a newer schema, a changed migration, one slipped in below, and a wrong order', async () => {
		await open(first, { ...second, version: 3 }).close();
		expect(() => open(first)).toThrow(expect.objectContaining({ reason: 'STORE_SCHEMA_NEWER' }));
		expect(() => open({ ...first, sql: `${first.sql} ` }, { ...second, version: 3 })).toThrow(
			expect.objectContaining({ reason: 'STORE_MIGRATION_CHANGED', details: { name: 'x', version: '1' } }),
		);
		expect(() => open(first, second, { ...second, version: 3 })).toThrow(
			expect.objectContaining({ reason: 'STORE_MIGRATION_CHANGED', details: { name: 'x', version: '2' } }),
		);
		expect(() => open(second, first)).toThrow(expect.objectContaining({ reason: 'STORE_MIGRATIONS_UNORDERED' }));
		await open(first, { ...second, version: 3 }).close();
	});

	test('a migration that fails leaves the schema as it was', async () => {
		const broken: Migration = { version: 2, name: 'broken', sql: 'CREATE TABLE c (id INTEGER); INSERT INTO nowhere VALUES (1);' };
		expect(() => open(first, broken)).toThrow(expect.objectContaining({ reason: 'STORE_MIGRATION_FAILED' }));
		const dangling: Migration = {
			version: 2,
			name: 'dangling',
			sql: 'CREATE TABLE c (a INTEGER REFERENCES a (id)); INSERT INTO c VALUES (1);',
		};
		expect(() => open(first, dangling)).toThrow(/point nowhere/);
		const db = open(first, second);
		expect(db.get("SELECT count(*) AS found FROM sqlite_schema WHERE name = 'c'")).toEqual({ found: 0 });
		await db.close();
	});

	test('refuses a file that this process already has open', async () => {
		const db = open(first);
		expect(() => open(first)).toThrow(expect.objectContaining({ reason: 'STORE_HELD' }));
		await db.write((tx) => tx.run('INSERT INTO a VALUES (1)'));
		await db.close();
	});

	test('refuses what is not a database', () => {
		writeFileSync(join(folder, 'x.db'), 'not a database at all, but long enough to be read as a header '.repeat(10));
		expect(() => openDatabase({ path: join(folder, 'x.db'), name: 'x', migrations: [first] })).toThrow(
			expect.objectContaining({ reason: 'STORE_UNREADABLE' }),
		);
	});

	test('a file is held by a live process, free after kill -9, and has all that was answered', { timeout: 15_000 }, async () => {
		const path = join(folder, 'x.db');
		const program = `
			import { openDatabase } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
			const db = openDatabase({ path: ${JSON.stringify(path)}, name: 'x', migrations: ${JSON.stringify([first])} });
			for (let id = 1; ; id++) {
				await db.write((tx) => tx.run('INSERT INTO a VALUES (?)', id));
				process.stdout.write(id + '\\n');
			}`;
		const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
		let said = '';
		for await (const chunk of child.stdout) {
			if (said === '')
				expect(() => openDatabase({ path, name: 'x', migrations: [first] })).toThrow(expect.objectContaining({ reason: 'STORE_HELD' }));
			said += chunk;
			if (said.length > 500) child.kill('SIGKILL');
		}
		if (child.signalCode === null) await once(child, 'exit');
		const answered = Number(
			said
				.trimEnd()
				.split('\n')
				.at(said.endsWith('\n') ? -1 : -2),
		);
		const db = openDatabase({ path, name: 'x', migrations: [first] });
		const { last, rows } = db.get<{ last: number; rows: number }>('SELECT max(id) AS last, count(*) AS rows FROM a') ?? {
			last: 0,
			rows: 0,
		};
		expect(answered).toBeGreaterThan(10);
		expect(last).toBeGreaterThanOrEqual(answered);
		expect(rows).toBe(last);
		await db.close();
	});
});

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { storeError } from '../errors.ts';
import { connect } from './connection.ts';
import { Erasure, noteErasure } from './erasure.ts';
import { GroupCommit } from './group-commit.ts';
import type { Changes, Database, DatabaseOptions, DatabaseStats, Row, SqlValue, Tx } from './types.ts';

/**
 * Opens (and makes, and migrates) a store. The file is this process's alone until it is closed.
 * @throws `STORE_HELD`, `STORE_UNREADABLE`, `STORE_SCHEMA_NEWER`, `STORE_MIGRATION_CHANGED`, `STORE_MIGRATION_FAILED`,
 * `STORE_MIGRATIONS_UNORDERED`
 */
export function openDatabase(options: DatabaseOptions): Database {
	return new SqliteDatabase(options);
}

/** Prepares each SQL text once. */
class Statements {
	readonly #db: DatabaseSync;
	readonly #bySql = new Map<string, StatementSync>();

	constructor(db: DatabaseSync) {
		this.#db = db;
	}

	of(sql: string): StatementSync {
		let statement = this.#bySql.get(sql);
		if (!statement) {
			statement = this.#db.prepare(sql);
			this.#bySql.set(sql, statement);
		}
		return statement;
	}
}

class SqliteDatabase implements Database {
	readonly name: string;
	readonly #db: DatabaseSync;
	readonly #statements: Statements;
	readonly #group: GroupCommit;
	readonly #erasure: Erasure;
	readonly #listeners = new Set<() => void>();

	constructor(options: DatabaseOptions) {
		this.name = options.name;
		this.#db = connect(options);
		this.#statements = new Statements(this.#db);
		this.#group = new GroupCommit({
			name: options.name,
			db: this.#db,
			tx: this.#tx(),
			maxGroup: options.maxGroup ?? 256,
			maxWaiting: options.maxWaiting ?? 50_000,
			onCommit: () => {
				for (const listener of this.#listeners) listener();
			},
		});
		this.#erasure = new Erasure(this, (error) =>
			process.emitWarning(`store ${options.name}: purged data could not be overwritten: ${String(error)}`),
		);
	}

	async purge<T>(work: (tx: Tx) => T): Promise<T> {
		const result = await this.write((tx) => {
			noteErasure(tx);
			return work(tx);
		});
		this.#erasure.soon();
		return result;
	}

	get stats(): DatabaseStats {
		return this.#group.stats;
	}

	all<T = Row>(sql: string, ...params: readonly SqlValue[]): T[] {
		return this.#opened(sql).all(...params) as T[];
	}

	get<T = Row>(sql: string, ...params: readonly SqlValue[]): T | undefined {
		return this.#opened(sql).get(...params) as T | undefined;
	}

	write<T>(work: (tx: Tx) => T): Promise<T> {
		return this.#group.add(work);
	}

	onCommit(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async close(): Promise<void> {
		await this.#group.close();
		// Idempotent: a shutdown that failed half way is repeated, and two may be under way.
		if (!this.#db.isOpen) return;
		// What fails of it stays noted, and is done after the next start.
		await this.#erasure.close((sql, ...params) => void this.#statements.of(sql).run(...params)).catch(() => {});
		if (!this.#db.isOpen) return;
		this.#db.exec('PRAGMA optimize');
		this.#db.close();
	}

	#opened(sql: string): StatementSync {
		if (!this.#db.isOpen) throw storeError('STORE_CLOSED', { name: this.name });
		return this.#statements.of(sql);
	}

	/** One for all works: they run one after the other. It refuses to write outside a transaction, where each statement would commit by itself. */
	#tx(): Tx {
		return {
			all: <T>(sql: string, ...params: readonly SqlValue[]) => this.all<T>(sql, ...params),
			get: <T>(sql: string, ...params: readonly SqlValue[]) => this.get<T>(sql, ...params),
			run: (sql: string, ...params: readonly SqlValue[]): Changes => {
				if (!this.#db.isTransaction) throw storeError('STORE_TX_OVER', { name: this.name });
				const { changes, lastInsertRowid } = this.#statements.of(sql).run(...params);
				return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
			},
		};
	}
}

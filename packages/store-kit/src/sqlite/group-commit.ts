import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crashpoint } from '@fefaent/kernel';
import { storeError } from '../errors.ts';
import type { Tx } from './types.ts';

interface Waiting {
	readonly work: (tx: Tx) => unknown;
	readonly resolve: (value: unknown) => void;
	readonly reject: (reason: unknown) => void;
}

/** The result of a work, kept until the commit has decided. */
type Ran = { readonly one: Waiting } & ({ readonly value: unknown } | { readonly thrown: unknown });

/** What a {@link GroupCommit} works with. */
export interface GroupCommitOptions {
	readonly name: string;
	readonly db: DatabaseSync;
	readonly tx: Tx;
	readonly maxGroup: number;
	readonly maxWaiting: number;
	readonly onCommit: () => void;
}

/**
 * Runs the works that were queued in one turn of the event loop in one transaction, so that they share one fsync. Under load the next group
 * gathers while the disk is busy; a lone work waits for nobody.
 *
 * The point `store.<name>.before-commit` lies before the transaction begins, not inside it: to the disk both are the same (nothing is
 * durable), but a test that holds it must not let readers on this connection see rows that are not committed.
 */
export class GroupCommit {
	readonly stats = { commits: 0, works: 0, failedWorks: 0, waiting: 0, largestGroup: 0, busyMs: 0 };
	readonly #options: GroupCommitOptions;
	readonly #begin: StatementSync;
	readonly #commit: StatementSync;
	readonly #rollback: StatementSync;
	readonly #savepoint: StatementSync;
	readonly #release: StatementSync;
	readonly #undo: StatementSync;
	readonly #beforeCommit: string;
	readonly #afterCommit: string;
	#waiting: Waiting[] = [];
	#running = false;
	#closed = false;
	#idle: (() => void)[] = [];

	constructor(options: GroupCommitOptions) {
		const { db, name } = options;
		this.#options = options;
		this.#begin = db.prepare('BEGIN IMMEDIATE');
		this.#commit = db.prepare('COMMIT');
		this.#rollback = db.prepare('ROLLBACK');
		this.#savepoint = db.prepare('SAVEPOINT work');
		this.#release = db.prepare('RELEASE work');
		this.#undo = db.prepare('ROLLBACK TO work');
		this.#beforeCommit = `store.${name}.before-commit`;
		this.#afterCommit = `store.${name}.after-commit`;
	}

	/** Queues a work. */
	add<T>(work: (tx: Tx) => T): Promise<T> {
		const { name, maxWaiting } = this.#options;
		if (this.#closed) return Promise.reject(storeError('STORE_CLOSED', { name }));
		if (this.#waiting.length >= maxWaiting) return Promise.reject(storeError('STORE_BUSY', { name }));
		return new Promise<T>((resolve, reject) => {
			this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
			this.stats.waiting = this.#waiting.length;
			this.#schedule();
		});
	}

	/** Refuses new works and resolves when those queued have ended. */
	async close(): Promise<void> {
		this.#closed = true;
		if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve));
	}

	#schedule(): void {
		if (this.#running) return;
		this.#running = true;
		setImmediate(() => void this.#turn());
	}

	/** Every failure goes to the works that it hit. */
	async #turn(): Promise<void> {
		const group = this.#waiting.splice(0, this.#options.maxGroup);
		this.stats.waiting = this.#waiting.length;
		let committed = 0;
		try {
			const before = crashpoint(this.#beforeCommit);
			if (before) await before;
			const started = performance.now();
			const ran = this.#transact(group);
			this.stats.busyMs += performance.now() - started;
			const after = crashpoint(this.#afterCommit);
			if (after) await after;
			committed = this.#settle(ran);
		} catch (error) {
			this.stats.failedWorks += group.length;
			for (const one of group) one.reject(error);
		}
		this.#running = false;
		if (this.#waiting.length > 0) this.#schedule();
		else for (const idle of this.#idle.splice(0)) idle();
		// Last, so that a listener's fault is nobody's failed write: it ends the process as the bug it is.
		if (committed > 0) this.#options.onCommit();
	}

	#transact(group: readonly Waiting[]): readonly Ran[] {
		try {
			this.#begin.run();
			const ran = group.map((one) => this.#runOne(one, group.length > 1));
			// Alone, a work needs no savepoint of its own: what it did wrong is undone with the transaction.
			if (group.length === 1 && ran[0] && 'thrown' in ran[0]) this.#rollback.run();
			else this.#commit.run();
			return ran;
		} catch (error) {
			if (this.#options.db.isTransaction) this.#rollback.run();
			const cause = error instanceof Error ? error.message : String(error);
			throw storeError('STORE_WRITE_FAILED', { name: this.#options.name, cause }, { cause: error });
		}
	}

	#runOne(one: Waiting, shared: boolean): Ran {
		if (shared) this.#savepoint.run();
		try {
			const value = one.work(this.#options.tx);
			if (isThenable(value)) {
				// Its own failure, if any, is not the news; that it is asynchronous is.
				value.then(undefined, () => {});
				throw storeError('STORE_WORK_ASYNC', { name: this.#options.name });
			}
			if (shared) this.#release.run();
			return { one, value };
		} catch (thrown) {
			// A full disk, say, makes SQLite undo the whole transaction by itself: then the group is lost, not this work alone.
			if (!this.#options.db.isTransaction) throw thrown;
			if (shared) {
				this.#undo.run();
				this.#release.run();
			}
			return { one, thrown };
		}
	}

	/** @returns how many works were committed */
	#settle(ran: readonly Ran[]): number {
		let committed = 0;
		for (const result of ran) {
			if ('thrown' in result) {
				result.one.reject(result.thrown);
			} else {
				committed++;
				result.one.resolve(result.value);
			}
		}
		this.stats.works += committed;
		this.stats.failedWorks += ran.length - committed;
		this.stats.largestGroup = Math.max(this.stats.largestGroup, ran.length);
		if (committed > 0) this.stats.commits++;
		return committed;
	}
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
	return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

import type { Database, Tx } from './types.ts';

/**
 * Rows of zeros that take the place of what was deleted. One that is empty says that there is something to take the place of: it is written in the
 * transaction that deleted it, so that a crash does not forget it.
 */
export const erasureSchema = 'CREATE TABLE IF NOT EXISTS erasure (zeros BLOB NOT NULL) STRICT';

/** Pages that are written over in one transaction: others get their turn in between. */
const chunk = 256;

/** How long what was freed may lie there, so that many purges share the writing over; real time in milliseconds. */
const restMs = 2_000;

/** Takes note, in the transaction that deletes, that what it frees is to be overwritten. */
export function noteErasure(tx: Tx): void {
	tx.run("INSERT INTO erasure VALUES (x'')");
}

/**
 * Overwrites what was deleted for good. SQLite leaves the content of pages that it no longer needs in the file until they are used again, which may be
 * never; having it written over at every delete (`secure_delete`) costs a third of the throughput. So it is done after purges only: the
 * free pages are taken by rows of zeros, and given back.
 */
export class Erasure {
	readonly #db: Pick<Database, 'get' | 'write'>;
	readonly #onError: (error: unknown) => void;
	#timer: NodeJS.Timeout | undefined;
	#running: Promise<void> | undefined;
	#closed = false;

	constructor(db: Pick<Database, 'get' | 'write'>, onError: (error: unknown) => void) {
		this.#db = db;
		this.#onError = onError;
		if (this.#isNoted()) this.soon();
	}

	/** Does it in a while. */
	soon(): void {
		if (this.#timer || this.#closed) return;
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			void this.#now();
		}, restMs);
		this.#timer.unref();
	}

	/** Does what was put off, when works are refused already. @param run a statement in a transaction of its own */
	async close(run: (sql: string, ...params: readonly number[]) => void): Promise<void> {
		clearTimeout(this.#timer);
		this.#closed = true;
		await this.#running;
		await this.#overwrite(async (sql, ...params) => run(sql, ...params));
	}

	async #now(): Promise<void> {
		await this.#running;
		this.#running = this.#overwrite(async (sql, ...params) => void (await this.#db.write((tx) => tx.run(sql, ...params)))).catch(
			(error: unknown) => {
				if (!this.#closed) this.#onError(error);
			},
		);
		await this.#running;
	}

	async #overwrite(run: (sql: string, ...params: readonly number[]) => Promise<void>): Promise<void> {
		// What is noted from here on may free pages that are not counted: its note stays, and is seen to after it.
		const last = this.#db.get<{ last: number | null }>('SELECT max(rowid) AS last FROM erasure')?.last;
		if (last === null || last === undefined) return;
		const pageSize = this.#pragma('page_size');
		for (let left = this.#pragma('freelist_count'); left > 0; left -= chunk) {
			await run('INSERT INTO erasure VALUES (zeroblob(?))', Math.min(chunk, left) * pageSize);
		}
		await run('DELETE FROM erasure WHERE rowid <= ? OR length(zeros) > 0', last);
	}

	#isNoted(): boolean {
		return this.#db.get('SELECT 1 FROM erasure LIMIT 1') !== undefined;
	}

	#pragma(name: 'page_size' | 'freelist_count'): number {
		return Number(this.#db.get<Record<string, number>>(`PRAGMA ${name}`)?.[name] ?? 0);
	}
}

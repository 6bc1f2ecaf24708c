import type { OutboxEvent } from '../outbox-event.ts';
import type { Database, Tx } from './types.ts';

/**
 * Creates the outbox's table: put it into a migration of the owning store. Never change it (migrations are checksummed); add a new fragment.
 */
export const outboxSchema = `
CREATE TABLE outbox (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	event_id TEXT NOT NULL,
	topic TEXT NOT NULL,
	key TEXT NOT NULL,
	type TEXT NOT NULL,
	at INTEGER NOT NULL,
	headers TEXT NOT NULL,
	body BLOB NOT NULL
) STRICT;
`;

/** An event that waits in the outbox. */
export interface OutboxRow extends OutboxEvent {
	/** Its place in the order of commits. */
	readonly seq: number;
}

interface StoredEvent {
	seq: number;
	event_id: string;
	topic: string;
	key: string;
	type: string;
	at: number;
	headers: string;
	body: Uint8Array;
}

/** The transactional outbox: events written in the same transaction as the facts they tell, until a relay has published them. */
export class SqliteOutbox {
	readonly #db: Database;
	/** Set by `append`, cleared by the commit: a relay is not woken by commits that brought it nothing. */
	#appended = false;
	readonly #listeners = new Set<() => void>();

	/** @param db a store whose migrations hold {@link outboxSchema} */
	constructor(db: Database) {
		this.#db = db;
		db.onCommit(() => {
			if (!this.#appended) return;
			this.#appended = false;
			for (const listener of this.#listeners) listener();
		});
	}

	/** Adds events, in order, to the work's own transaction. */
	append(tx: Tx, events: readonly OutboxEvent[]): void {
		for (const event of events) {
			tx.run(
				'INSERT INTO outbox (event_id, topic, key, type, at, headers, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
				event.eventId,
				event.topic,
				event.key,
				event.type,
				event.at.getTime(),
				JSON.stringify(event.headers),
				event.body,
			);
		}
		if (events.length > 0) this.#appended = true;
	}

	/** The first `limit` events that wait, in order. They stay until {@link done}. */
	async take(limit: number): Promise<readonly OutboxRow[]> {
		return this.#db.all<StoredEvent>('SELECT * FROM outbox ORDER BY seq LIMIT ?', limit).map((row) => ({
			seq: row.seq,
			eventId: row.event_id,
			topic: row.topic,
			key: row.key,
			type: row.type,
			at: new Date(row.at),
			headers: JSON.parse(row.headers) as Record<string, string>,
			body: row.body,
		}));
	}

	/** Forgets published events. Repeating it does no harm. */
	async done(rows: readonly OutboxRow[]): Promise<void> {
		if (rows.length === 0) return;
		const seqs = JSON.stringify(rows.map((row) => row.seq));
		await this.#db.write((tx) => tx.run('DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(?))', seqs));
	}

	/** Events that wait; or `most` if they are more. */
	depth(most?: number): number {
		return this.#db.get<{ depth: number }>('SELECT count(*) AS depth FROM (SELECT 1 FROM outbox LIMIT ?)', most ?? -1)?.depth ?? 0;
	}

	/** When the event that waits longest happened. */
	oldestAt(): Date | undefined {
		const oldest = this.#db.get<{ at: number }>('SELECT at FROM outbox ORDER BY seq LIMIT 1');
		return oldest && new Date(oldest.at);
	}

	/** Calls `listener` after each commit that appended events. Returns a function that stops it. */
	onCommitted(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

import type { Tx } from './types.ts';

/**
 * Creates the inbox's table: put it into a migration of the consuming store. Never change it (migrations are checksummed); add a new fragment.
 */
export const inboxSchema = `
CREATE TABLE inbox (
	consumer TEXT NOT NULL,
	event_id TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (consumer, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_by_at ON inbox (at);
`;

/**
 * Remembers which events had their effect, in the transaction of the effect itself: at least once on the wire becomes once in effect.
 */
export class SqliteInbox {
	/**
	 * Takes note of an event. Call it in the transaction of the event's effect.
	 * @param group the consumer group; each has its own memory
	 * @param at now, in the environment's time; what {@link prune} goes by
	 * @returns false when the event had its effect before: do nothing then
	 */
	firstTime(tx: Tx, group: string, eventId: string, at: Date): boolean {
		return (
			tx.run('INSERT INTO inbox (consumer, event_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', group, eventId, at.getTime()).changes ===
			1
		);
	}

	/**
	 * Forgets events noted before `before`, which must lie further back than the bus can repeat (its retention).
	 * @param limit most rows in one transaction
	 * @returns how many were forgotten; `limit` means that there may be more
	 */
	prune(tx: Tx, before: Date, limit: number): number {
		return tx.run(
			'DELETE FROM inbox WHERE (consumer, event_id) IN (SELECT consumer, event_id FROM inbox WHERE at < ? ORDER BY at LIMIT ?)',
			before.getTime(),
			limit,
		).changes;
	}
}

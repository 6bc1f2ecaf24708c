import { type Clock, crashpoint } from '@fefaent/kernel';
import type { Database, Tx } from '@fefaent/store-kit';
import type { LoggedMessage } from '../following/entry.ts';
import type { BusMessage } from '../port.ts';

/** The columns that a message has wherever it is stored. */
export interface StoredMessage {
	offset: number;
	id: string;
	key: string;
	type: string;
	at: number;
	headers: string;
	body: Uint8Array;
}

/** A message as stored, read back. */
export function loggedMessage(topic: string, row: StoredMessage): LoggedMessage {
	return {
		id: row.id,
		topic,
		key: row.key,
		type: row.type,
		at: new Date(row.at),
		headers: JSON.parse(row.headers) as Record<string, string>,
		body: row.body,
		offset: row.offset,
	};
}

/** How a topic and one of its groups stand, on disk. */
export interface ConsumerRow {
	topic: string;
	group: string;
	/** Offset of the newest message. */
	head: number;
	passed: number;
	/** Dead letters not redriven. */
	dead: number;
	redriven: number;
	/** Dead letters, redriven or not, above `passed`. */
	deadAhead: number;
}

/** The durable log of messages and how far each group has passed it. */
export class Log {
	readonly #db: Database;
	readonly #clock: Clock;

	constructor(db: Database, clock: Clock) {
		this.#db = db;
		this.#clock = clock;
	}

	/** Appends all or nothing; resolved when durable. */
	async append(messages: readonly BusMessage[]): Promise<void> {
		await crashpoint('bus.log.before-append');
		const appendedAt = this.#clock.now().getTime();
		await this.#db.write((tx) => {
			for (const [topic, list] of byTopic(messages)) {
				const { id, first } = allocate(tx, topic, list.length);
				list.forEach((message, index) => {
					tx.run(
						'INSERT INTO log (topic, offset, id, key, type, at, headers, body, appended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
						id,
						first + index,
						message.id,
						message.key,
						message.type,
						message.at.getTime(),
						JSON.stringify(message.headers),
						message.body,
						appendedAt,
					);
				});
			}
		});
		await crashpoint('bus.log.after-append');
	}

	/** Messages of a topic after an offset, in order. */
	read(topic: string, after: number, limit: number): LoggedMessage[] {
		return this.#db
			.all<StoredMessage>(
				`SELECT offset, log.id, key, type, at, headers, body FROM log JOIN topic ON topic.id = log.topic
				WHERE topic.name = ? AND offset > ? ORDER BY offset LIMIT ?`,
				topic,
				after,
				limit,
			)
			.map((row) => loggedMessage(topic, row));
	}

	/**
	 * Makes a group known on its topics; new ones start before the oldest message retained.
	 * @returns the offset passed, by topic
	 */
	async join(group: string, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
		return await this.#db.write((tx) => {
			const passed = new Map<string, number>();
			for (const topic of topics) {
				tx.run('INSERT INTO topic (name, next_offset) VALUES (?, 1) ON CONFLICT DO NOTHING', topic);
				tx.run(
					`INSERT INTO consumer (name, topic, passed)
					SELECT ?, id, coalesce((SELECT min(offset) FROM log WHERE log.topic = topic.id), next_offset) - 1 FROM topic WHERE name = ?
					ON CONFLICT DO NOTHING`,
					group,
					topic,
				);
				const row = tx.get<{ passed: number }>(
					'SELECT passed FROM consumer JOIN topic ON topic.id = consumer.topic WHERE consumer.name = ? AND topic.name = ?',
					group,
					topic,
				);
				passed.set(topic, row?.passed ?? 0);
			}
			return passed;
		});
	}

	/** Records how far a group has passed, and forgets the redriven dead letters that it is done with, in one write. */
	async commit(group: string, passed: ReadonlyMap<string, number>, redriven: readonly number[]): Promise<void> {
		await crashpoint('bus.offset.before-commit');
		await this.#db.write((tx) => {
			for (const [topic, offset] of passed) {
				tx.run(
					'UPDATE consumer SET passed = max(passed, ?) WHERE name = ? AND topic = (SELECT id FROM topic WHERE name = ?)',
					offset,
					group,
					topic,
				);
			}
			for (const seq of redriven) tx.run('DELETE FROM dead_letter WHERE seq = ? AND redriven = 1', seq);
		});
		await crashpoint('bus.offset.after-commit');
	}

	/** Every topic with every group that ever joined it. */
	consumers(): ConsumerRow[] {
		return this.#db.all<ConsumerRow>(
			`SELECT topic.name AS topic, consumer.name AS "group", next_offset - 1 AS head, passed,
				count(letter.seq) FILTER (WHERE letter.redriven = 0) AS dead,
				count(letter.seq) FILTER (WHERE letter.redriven = 1) AS redriven,
				count(letter.seq) FILTER (WHERE letter.offset > passed) AS deadAhead
			FROM consumer JOIN topic ON topic.id = consumer.topic
			LEFT JOIN dead_letter AS letter ON letter.consumer = consumer.name AND letter.topic = consumer.topic
			GROUP BY consumer.topic, consumer.name ORDER BY topic.name, consumer.name`,
		);
	}

	/**
	 * Deletes messages appended before `before` that every group of their topic has passed, oldest first.
	 * @returns how many were deleted
	 */
	async sweep(before: Date): Promise<number> {
		const topics = this.#db.all<{ id: number; passed: number }>(
			`SELECT id, coalesce((SELECT min(passed) FROM consumer WHERE consumer.topic = topic.id), next_offset - 1) AS passed FROM topic`,
		);
		let swept = 0;
		for (const { id, passed } of topics) {
			// Small transactions: others' commits go between them.
			for (let deleted = sweepChunk; deleted === sweepChunk; swept += deleted) {
				await crashpoint('bus.log.before-sweep');
				deleted = await this.#db.write((tx) => sweepOnce(tx, id, passed, before));
			}
		}
		return swept;
	}
}

const sweepChunk = 1000;

function sweepOnce(tx: Tx, topic: number, passed: number, before: Date): number {
	const oldest = tx.all<{ offset: number; appended_at: number }>(
		'SELECT offset, appended_at FROM log WHERE topic = ? AND offset <= ? ORDER BY offset LIMIT ?',
		topic,
		passed,
		sweepChunk,
	);
	const kept = oldest.findIndex((row) => row.appended_at >= before.getTime());
	const last = oldest.at(kept === -1 ? -1 : kept - 1);
	if (!last || kept === 0) return 0;
	return tx.run('DELETE FROM log WHERE topic = ? AND offset <= ?', topic, last.offset).changes;
}

function allocate(tx: Tx, topic: string, count: number): { id: number; first: number } {
	const row = tx.get<{ id: number; next: number }>(
		`INSERT INTO topic (name, next_offset) VALUES (?1, 1 + ?2) ON CONFLICT (name) DO UPDATE SET next_offset = next_offset + ?2
		RETURNING id, next_offset AS next`,
		topic,
		count,
	);
	if (!row) throw new Error('a topic was neither made nor found');
	return { id: row.id, first: row.next - count };
}

function byTopic(messages: readonly BusMessage[]): ReadonlyMap<string, readonly BusMessage[]> {
	return Map.groupBy(messages, (message) => message.topic);
}

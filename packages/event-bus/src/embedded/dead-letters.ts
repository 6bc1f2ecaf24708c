import { crashpoint } from '@fefaent/kernel';
import type { Database, SqlValue } from '@fefaent/store-kit';
import type { Death, LoggedMessage } from '../following/entry.ts';
import type { DeadLetter, DeadLetterFilter, FailedAttempt, RedriveFilter } from '../port.ts';
import { loggedMessage, type StoredMessage } from './log.ts';

/** A dead letter on its way back to its group. */
export interface Redriven {
	readonly seq: number;
	readonly message: LoggedMessage;
	readonly attempts: number;
	readonly history: readonly FailedAttempt[];
}

interface StoredLetter extends StoredMessage {
	seq: number;
	topic: string;
	group: string;
	reason: string;
	attempts: number;
	died_at: number;
	history: string;
}

const columns = `seq, offset, dead_letter.id, key, type, at, headers, body, topic.name AS topic, consumer AS "group", reason, attempts, died_at, history`;
const joined = 'FROM dead_letter JOIN topic ON topic.id = dead_letter.topic';

/** The dead letters of every group. */
export class DeadLetters {
	readonly #db: Database;

	constructor(db: Database) {
		this.#db = db;
	}

	/** Records deaths; resolved when durable. One that dies again after a redrive keeps its place, and its history grows. */
	async bury(group: string, deaths: readonly Death[]): Promise<void> {
		await crashpoint('bus.dead-letter.before-write');
		await this.#db.write((tx) => {
			for (const { message, reason, attempts, diedAt, history } of deaths) {
				tx.run(
					`INSERT INTO dead_letter (consumer, topic, offset, id, key, type, at, headers, body, redriven, reason, attempts, died_at, history)
					VALUES (?, (SELECT id FROM topic WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
					ON CONFLICT (consumer, topic, offset) DO UPDATE SET redriven = 0, reason = excluded.reason, attempts = excluded.attempts,
						died_at = excluded.died_at, history = excluded.history`,
					group,
					message.topic,
					message.offset,
					message.id,
					message.key,
					message.type,
					message.at.getTime(),
					JSON.stringify(message.headers),
					message.body,
					reason,
					attempts,
					diedAt.getTime(),
					JSON.stringify(history.map(({ attempt, at, reason: why }) => [attempt, at.getTime(), why])),
				);
			}
		});
		await crashpoint('bus.dead-letter.after-write');
	}

	/** Offsets above `after` that the group must not be given from the log: they are here. */
	offsets(group: string, topic: string, after: number): number[] {
		return this.#db
			.all<{ offset: number }>(`SELECT offset ${joined} WHERE consumer = ? AND topic.name = ? AND offset > ?`, group, topic, after)
			.map((row) => row.offset);
	}

	/** Dead letters of a group that were redriven and are not done, in the topic's order. */
	redriven(group: string, topic: string, limit: number): Redriven[] {
		return this.#db
			.all<StoredLetter>(
				`SELECT ${columns} ${joined} WHERE consumer = ? AND topic.name = ? AND redriven = 1 ORDER BY offset LIMIT ?`,
				group,
				topic,
				limit,
			)
			.map((row) => ({ seq: row.seq, message: loggedMessage(topic, row), attempts: row.attempts, history: readHistory(row.history) }));
	}

	/** Dead letters that nobody has redriven, oldest first. */
	list({ group, topic, limit = 100 }: DeadLetterFilter): DeadLetter[] {
		const { where, params } = condition({ ...(group !== undefined && { group }), ...(topic !== undefined && { topic }) });
		return this.#db.all<StoredLetter>(`SELECT ${columns} ${joined} WHERE ${where} ORDER BY seq LIMIT ?`, ...params, limit).map((row) => {
			const { offset: _, ...message } = loggedMessage(row.topic, row);
			return {
				...message,
				group: row.group,
				reason: row.reason,
				attempts: row.attempts,
				diedAt: new Date(row.died_at),
				history: readHistory(row.history),
			};
		});
	}

	/** Marks dead letters as to be delivered again; resolved when durable. @returns how many */
	async redrive(filter: RedriveFilter): Promise<number> {
		const { where, params } = condition(filter);
		await crashpoint('bus.redrive.before-write');
		const redriven = await this.#db.write(
			(tx) => tx.run(`UPDATE dead_letter SET redriven = 1 FROM topic WHERE topic.id = dead_letter.topic AND ${where}`, ...params).changes,
		);
		await crashpoint('bus.redrive.after-write');
		return redriven;
	}
}

function condition({ group, topic, ids }: RedriveFilter): { where: string; params: SqlValue[] } {
	const parts: [string, SqlValue][] = [];
	if (group !== undefined) parts.push(['consumer = ?', group]);
	if (topic !== undefined) parts.push(['topic.name = ?', topic]);
	if (ids !== undefined) parts.push(['dead_letter.id IN (SELECT value FROM json_each(?))', JSON.stringify(ids)]);
	return { where: ['redriven = 0', ...parts.map(([sql]) => sql)].join(' AND '), params: parts.map(([, value]) => value) };
}

function readHistory(json: string): FailedAttempt[] {
	return (JSON.parse(json) as [number, number, string][]).map(([attempt, at, reason]) => ({ attempt, at: new Date(at), reason }));
}

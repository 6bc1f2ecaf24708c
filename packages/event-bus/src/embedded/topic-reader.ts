import type { Entry, LoggedMessage, Source } from '../following/entry.ts';
import { Watermark } from '../following/watermark.ts';
import type { FailedAttempt } from '../port.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Log } from './log.ts';

/** A message of the embedded log on its way through a follower. */
export interface LogEntry extends Entry {
	readonly source: TopicReader;
	/** Of a redriven dead letter: its number. */
	readonly letter: number | undefined;
}

/**
 * Most messages that may be done beyond one that is not: what a crash repeats at worst, and what one stubborn message may hold back in memory.
 * Past it the topic pauses for this group.
 */
const maxAhead = 100_000;

/** Reads one topic for one group: the log from where the group got to, and what was redriven to it. */
export class TopicReader implements Source<LogEntry> {
	readonly topic: string;
	/** What was passed when it began. */
	readonly startedAt: number;
	readonly #group: string;
	readonly #log: Log;
	readonly #letters: DeadLetters;
	readonly #watermark: Watermark;
	#cursor: number;
	/** The log had no more when it was last asked. */
	#drained = false;
	/** Messages that the log still holds above the watermark, but that lie in the dead letters. */
	readonly #buried: Set<number>;
	/** Redriven letters in memory: being delivered, or done and not yet deleted. */
	readonly #letterSeqs = new Set<number>();
	#settledLetters: number[] = [];
	#redriven = true;

	constructor(deps: { readonly log: Log; readonly letters: DeadLetters }, group: string, topic: string, passed: number) {
		this.topic = topic;
		this.#group = group;
		this.#log = deps.log;
		this.#letters = deps.letters;
		this.#watermark = new Watermark(passed);
		this.startedAt = passed;
		this.#cursor = passed;
		this.#buried = new Set(deps.letters.offsets(group, topic, passed));
	}

	/** There may be more in the log. */
	logged(): void {
		this.#drained = false;
	}

	/** There may be dead letters put back. */
	redriven(): void {
		this.#redriven = true;
	}

	/** Whether {@link read} may bring something. */
	get hasMore(): boolean {
		return this.#redriven || (!this.#drained && this.#cursor - this.#watermark.passed < maxAhead);
	}

	/** The offset that a commit may record. */
	get passed(): number {
		return this.#watermark.passed;
	}

	/** Messages done or dead in the log above {@link passed}. */
	get settledAhead(): number {
		return this.#watermark.doneAhead + this.#buried.size;
	}

	/** Redriven letters that are done, but not deleted. */
	get settledLetters(): readonly number[] {
		return this.#settledLetters;
	}

	/** Up to `limit` entries: redriven ones first, they are older. */
	read(limit: number): LogEntry[] {
		const letters = this.#redriven ? this.#readLetters(limit) : [];
		if (letters.length === limit || this.#drained) return letters;
		const wanted = limit - letters.length;
		const messages = this.#log.read(this.topic, this.#cursor, wanted);
		this.#drained = messages.length < wanted;
		const entries = letters;
		for (const message of messages) {
			this.#cursor = message.offset;
			this.#watermark.open(message.offset);
			if (this.#buried.delete(message.offset)) this.#watermark.done(message.offset);
			else entries.push(this.#entry(message, undefined, 0, []));
		}
		return entries;
	}

	/** The entry is done with: handled, or buried. */
	settle(entry: LogEntry, buried: boolean): void {
		if (entry.letter === undefined) this.#watermark.done(entry.offset);
		else if (buried) this.#letterSeqs.delete(entry.letter);
		else this.#settledLetters.push(entry.letter);
	}

	/** The letters given were deleted. */
	deleted(letters: readonly number[]): void {
		const gone = new Set(letters);
		for (const letter of letters) this.#letterSeqs.delete(letter);
		this.#settledLetters = this.#settledLetters.filter((letter) => !gone.has(letter));
	}

	#readLetters(limit: number): LogEntry[] {
		const asked = this.#letterSeqs.size + limit;
		const found = this.#letters.redriven(this.#group, this.topic, asked);
		const fresh = found.filter(({ seq }) => !this.#letterSeqs.has(seq)).slice(0, limit);
		this.#redriven = found.length === asked || fresh.length === limit;
		return fresh.map(({ seq, message, attempts, history }) => {
			this.#letterSeqs.add(seq);
			return this.#entry(message, seq, attempts, history);
		});
	}

	#entry(message: LoggedMessage, letter: number | undefined, attemptsBefore: number, history: readonly FailedAttempt[]): LogEntry {
		const lane = `${this.topic}\n${message.key}`;
		return {
			lane,
			offset: message.offset,
			alone: false,
			dropped: false,
			message,
			source: this,
			letter,
			attemptsBefore,
			attempt: 1,
			strikes: 0,
			history,
		};
	}
}

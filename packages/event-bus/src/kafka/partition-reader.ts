import type { KafkaMessage } from 'kafkajs';
import type { Entry, Source } from '../following/entry.ts';
import { Watermark } from '../following/watermark.ts';
import { countAbove, maxRanges, progressText, type Ranges } from './progress.ts';
import { messageOf, type Past, pastOf } from './wire.ts';

/** A record on its way through a follower. */
export interface PartitionEntry extends Entry {
	readonly source: PartitionReader;
	/** Its offset in the partition that it was read from. */
	readonly position: number;
	readonly past: Past;
}

/** What is to be committed for a partition. */
export interface Progress {
	readonly topic: string;
	readonly partition: number;
	readonly offset: string;
	readonly metadata: string;
}

/** Most messages that may be done beyond one that is not. Past it the partition pauses. As in the embedded log. */
const maxAhead = 100_000;

/** Redriven messages go before what waits in their topic: they are older. */
const redrivenRank = -Number.MAX_SAFE_INTEGER;

/** What was fetched of one partition for one group and is not handed on yet, and how far the group is done with it. */
export class PartitionReader implements Source<PartitionEntry> {
	/** The Kafka topic. */
	readonly topic: string;
	readonly partition: number;
	/** The topic that its messages belong to: another one than {@link topic} when that is a retry topic. */
	readonly base: string;
	readonly #onRead: () => void;
	#watermark = new Watermark(-1);
	#buffer: KafkaMessage[] = [];
	#head = 0;
	/** The last offset that {@link read} passed. */
	#cursor = -1;
	/** Done already when it began. */
	#doneBefore: Ranges = [];
	#next = -1;
	#changes = 0;
	#committed = 0;
	/** The group has lost it, or this member has. */
	dropped = false;
	/** The consumer was told not to fetch it. */
	paused = false;

	/** @param onRead called when the buffer got shorter */
	constructor(topic: string, partition: number, base: string, onRead: () => void) {
		this.topic = topic;
		this.partition = partition;
		this.base = base;
		this.#onRead = onRead;
	}

	/** The offset to be fetched next; negative before {@link start}. */
	get next(): number {
		return this.#next;
	}

	/** Messages fetched and not handed on. */
	get buffered(): number {
		return this.#buffer.length - this.#head;
	}

	get hasMore(): boolean {
		return this.buffered > 0 && this.#cursor - this.#watermark.passed < maxAhead;
	}

	/** The last offset that it and all before it are done. */
	get passed(): number {
		return this.#watermark.passed;
	}

	/** Messages done above {@link passed}. */
	get doneAhead(): number {
		return this.#watermark.doneAhead + countAbove(this.#doneBefore, this.#cursor);
	}

	/** There is more to commit than was. */
	get isBehind(): boolean {
		return this.#changes !== this.#committed;
	}

	/** Begins at an offset, with what is done above it. */
	start(offset: number, done: Ranges): void {
		this.#watermark = new Watermark(offset - 1);
		this.#cursor = offset - 1;
		this.#next = offset;
		this.#doneBefore = done;
	}

	/** Begins at an offset where nothing of what the group has committed counts any more: that is to be committed, too. */
	startOver(offset: number): void {
		this.start(offset, []);
		this.#changes++;
	}

	/** Goes on at a later offset: what lies between is no longer there. */
	skipTo(offset: number): void {
		this.#next = Math.max(this.#next, offset);
	}

	/** Takes what was fetched from {@link next} on. */
	push(messages: readonly KafkaMessage[], last: number): void {
		if (this.#head > 0) this.#buffer.splice(0, this.#head);
		this.#head = 0;
		for (const message of messages) this.#buffer.push(message);
		this.#next = last + 1;
	}

	read(limit: number): PartitionEntry[] {
		const entries: PartitionEntry[] = [];
		for (; entries.length < limit && this.hasMore; this.#head++) {
			const record = this.#buffer[this.#head] as KafkaMessage;
			const offset = Number(record.offset);
			this.#cursor = offset;
			this.#watermark.open(offset);
			if (countAbove(this.#doneBefore, offset - 1) !== countAbove(this.#doneBefore, offset)) this.#done(offset);
			else entries.push(this.#entry(record, offset));
		}
		while (this.#doneBefore[0] && this.#doneBefore[0][1] <= this.#cursor) this.#doneBefore = this.#doneBefore.slice(1);
		this.#onRead();
		return entries;
	}

	settle(entry: PartitionEntry): void {
		this.#done(entry.position);
	}

	/** What to commit now, and what to call once it is. */
	progress(): { readonly progress: Progress; readonly committed: () => void } {
		const { topic, partition } = this;
		const changes = this.#changes;
		const unread = this.#doneBefore
			.filter(([, last]) => last > this.#cursor)
			.map(([first, last]) => [Math.max(first, this.#cursor + 1), last] as const);
		const ranges = [...this.#watermark.rangesAhead(maxRanges), ...unread];
		const metadata = progressText(this.passed + 1, ranges);
		return {
			progress: { topic, partition, offset: String(this.passed + 1), metadata },
			committed: () => {
				this.#committed = changes;
			},
		};
	}

	#done(offset: number): void {
		this.#watermark.done(offset);
		this.#changes++;
	}

	#entry(record: KafkaMessage, position: number): PartitionEntry {
		const message = messageOf(this.base, `${this.topic}/${this.partition}/${position}`, record);
		const redriven = this.topic !== this.base;
		const past = redriven ? pastOf(record.headers) : { life: 0, attempts: 0, history: [], partition: this.partition, offset: position };
		return {
			lane: `${this.base}\n${message.key}`,
			offset: redriven ? redrivenRank + position : position,
			alone: false,
			dropped: false,
			source: this,
			position,
			past,
			message: { ...message, offset: past.offset },
			attemptsBefore: past.attempts,
			attempt: 1,
			strikes: 0,
			history: past.history,
		};
	}
}

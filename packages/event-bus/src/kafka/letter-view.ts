import { randomUUID } from 'node:crypto';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { busError } from '../errors.ts';
import type { Cluster } from './cluster.ts';
import { type ConsumerListener, KeptConsumer } from './kept-consumer.ts';
import { deadLetterTopic, type Subscription } from './names.ts';
import { type Letter, letterKeys, letterOf } from './wire.ts';

/** What the view works with. */
export interface LetterViewDeps {
	readonly kafka: Kafka;
	readonly cluster: Cluster;
	/** What its groups are called, each with an id of its own behind. */
	readonly group: string;
	readonly subscriptions: readonly Subscription[];
	readonly maxWaitMs: number;
	readonly onError: (error: unknown, where: string) => void;
}

/** One dead letter topic as read so far. */
interface Shelf {
	readonly subscription: Subscription;
	readonly letters: Map<string, Letter>;
	/** The offset that comes next. */
	next: number;
}

interface Waiting {
	readonly shelf: Shelf;
	readonly end: number;
	/** Fetches since it waits, by broker: when several of each brought nothing more, the rest of the topic was compacted away. */
	readonly rounds: Map<string, number>;
	readonly resolve: () => void;
}

/** Longest wait for the topics to be read to their end. */
const readMs = 20_000;

/** Fetches of every broker that bring nothing, after which a topic is held to be read. */
const emptyRounds = 8;

/**
 * The dead letters that there are, kept in memory: a compacted topic is read once, and then as it grows. Connects when first asked. It reads in a
 * group of its own that commits nothing and is gone with its member.
 */
export class LetterView implements ConsumerListener {
	readonly #deps: LetterViewDeps;
	readonly #shelves = new Map<string, Shelf>();
	readonly #waiting = new Set<Waiting>();
	#kept: KeptConsumer | undefined;
	#closed = false;

	constructor(deps: LetterViewDeps) {
		this.#deps = deps;
		for (const subscription of deps.subscriptions) {
			this.#shelves.set(deadLetterTopic(subscription), { subscription, letters: new Map(), next: 0 });
		}
	}

	/** Every topic and group that it knows. */
	get subscriptions(): readonly Subscription[] {
		return this.#deps.subscriptions;
	}

	/** The letters of some groups, up to whatever is in their topics now. @throws `BUS_NOT_READ`, and what the client throws */
	async letters(subscriptions: readonly Subscription[]): Promise<Letter[]> {
		const shelves = subscriptions.map((one) => this.#shelves.get(deadLetterTopic(one))).filter((shelf) => shelf !== undefined);
		await Promise.all(shelves.map((shelf) => this.#read(shelf)));
		return shelves.flatMap((shelf) => [...shelf.letters.values()]);
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.#kept?.stop();
	}

	joined(): void {
		// Whatever it had, it is read from the beginning: nothing is committed. What was read already is recognised.
		for (const one of this.#waiting) one.rounds.clear();
	}

	rebalancing(): void {}

	batch({ batch, resolveOffset }: EachBatchPayload): void {
		const shelf = this.#shelves.get(batch.topic);
		const last = batch.lastOffset();
		resolveOffset(last);
		if (!shelf) return;
		for (const record of batch.messages) {
			if (Number(record.offset) < shelf.next) continue;
			const key = record.key?.toString() ?? '';
			if (record.value === null) shelf.letters.delete(key);
			else {
				const letter = letterOf(shelf.subscription, record);
				// A later life of a message that a crash kept from being forgotten.
				for (const earlier of letterKeys(letter).slice(0, -1)) shelf.letters.delete(earlier);
				shelf.letters.set(key, letter);
			}
		}
		this.#reached(shelf, Number(last) + 1);
	}

	nothing(topic: string, _partition: number, _first: number, last: number): void {
		const shelf = this.#shelves.get(topic);
		if (shelf) this.#reached(shelf, last + 1);
	}

	fetched(broker: string): void {
		for (const one of this.#waiting) {
			one.rounds.set(broker, (one.rounds.get(broker) ?? 0) + 1);
			if ([...one.rounds.values()].every((count) => count > emptyRounds)) one.resolve();
		}
	}

	lost(): void {
		for (const shelf of this.#shelves.values()) {
			shelf.letters.clear();
			shelf.next = 0;
		}
		for (const one of this.#waiting) one.rounds.clear();
	}

	async #read(shelf: Shelf): Promise<void> {
		if (this.#closed) throw busError('BUS_CLOSED');
		const { low, high } = (await this.#deps.cluster.bounds(deadLetterTopic(shelf.subscription))).get(0) ?? { low: 0, high: 0 };
		if (shelf.next >= high || low === high) return;
		this.#kept ??= this.#open();
		const read = Promise.withResolvers<void>();
		const waiting: Waiting = { shelf, end: high, rounds: new Map(), resolve: () => read.resolve() };
		this.#waiting.add(waiting);
		const deadline = setTimeout(() => read.reject(busError('BUS_NOT_READ')), readMs);
		try {
			await read.promise;
		} finally {
			clearTimeout(deadline);
			this.#waiting.delete(waiting);
		}
	}

	#reached(shelf: Shelf, next: number): void {
		shelf.next = Math.max(shelf.next, next);
		for (const one of this.#waiting) {
			if (one.shelf !== shelf) continue;
			one.rounds.clear();
			if (shelf.next >= one.end) one.resolve();
		}
	}

	#open(): KeptConsumer {
		const { kafka, group, maxWaitMs, onError } = this.#deps;
		return new KeptConsumer({
			kafka,
			config: { groupId: `${group}.${randomUUID()}`, allowAutoTopicCreation: false, maxWaitTimeInMs: maxWaitMs },
			topics: [...this.#shelves.keys()],
			listener: this,
			onError: (error) => onError(error, 'dead letters'),
		});
	}
}

import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { busError } from '../errors.ts';
import type { Cluster } from './cluster.ts';
import { type ConsumerListener, KeptConsumer } from './kept-consumer.ts';
import { deadLetterTopic, type Subscription } from './names.ts';
import { type Letter, type LetterMark, letterKeys, letterOf, markOf } from './wire.ts';

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
	readonly topic: string;
	readonly subscription: Subscription;
	/** By key of their records. */
	readonly marks: Map<string, LetterMark>;
	/** The offset that comes next. */
	next: number;
	/** Letters being looked up; the consumer was sent back for them. */
	search: Search | undefined;
	/** The last look-up: one at a time. */
	searched: Promise<unknown>;
}

/** Letters that are read again, by offset. */
interface Search {
	readonly wanted: ReadonlySet<number>;
	readonly found: Map<number, Letter>;
	/** The offset that comes next. */
	next: number;
}

/** Somebody who waits until a topic was read as far as he needs it. */
interface Waiting {
	readonly shelf: Shelf;
	readonly isOver: () => boolean;
	/** The broker that the topic is fetched from. */
	leader: number | undefined;
	/** Fetches since it waits: when several of them brought nothing more of the topic, the rest was compacted away. */
	rounds: number;
	readonly resolve: () => void;
}

/** Longest wait for the topics to be read as far as is needed. */
const readMs = 20_000;

/** Fetches from the leader that bring nothing, after which a topic is held to be read. */
const emptyRounds = 8;

/**
 * The dead letters that there are. A compacted topic is read once, and then as it grows, and of each letter a mark is kept, some 200 bytes; whole ones
 * are read again when somebody asks for them. Connects when first asked. It reads in a group of its own that commits nothing and is gone with its
 * member.
 */
export class LetterView implements ConsumerListener {
	readonly #deps: LetterViewDeps;
	readonly #shelves = new Map<string, Shelf>();
	readonly #waiting = new Set<Waiting>();
	#kept: KeptConsumer | undefined;
	#consumer: Consumer | undefined;
	#closed = false;

	constructor(deps: LetterViewDeps) {
		this.#deps = deps;
		for (const subscription of deps.subscriptions) {
			const topic = deadLetterTopic(subscription);
			this.#shelves.set(topic, { topic, subscription, marks: new Map(), next: 0, search: undefined, searched: Promise.resolve() });
		}
	}

	/** Every topic and group that it knows. */
	get subscriptions(): readonly Subscription[] {
		return this.#deps.subscriptions;
	}

	/** How many letters of a group there are now. @throws `BUS_NOT_READ`, and what the client throws */
	async count(subscription: Subscription): Promise<number> {
		const shelf = this.#shelfOf(subscription);
		if (shelf) await this.#read(shelf);
		return shelf?.marks.size ?? 0;
	}

	/** The marks of some groups' letters, up to whatever is in their topics now. @throws as {@link count} */
	async marks(subscriptions: readonly Subscription[]): Promise<LetterMark[]> {
		const shelves = subscriptions.map((one) => this.#shelfOf(one)).filter((shelf) => shelf !== undefined);
		await Promise.all(shelves.map((shelf) => this.#read(shelf)));
		return shelves.flatMap((shelf) => [...shelf.marks.values()]);
	}

	/** Letters by their marks, in that order; those that were redriven meanwhile may be missing. @throws as {@link count} */
	async letters(marks: readonly LetterMark[]): Promise<Letter[]> {
		const byTopic = Map.groupBy(marks, deadLetterTopic);
		const found = new Map<string, ReadonlyMap<number, Letter>>();
		await Promise.all([...byTopic].map(async ([topic, some]) => found.set(topic, await this.#searchInTurn(topic, some))));
		return marks.map((mark) => found.get(deadLetterTopic(mark))?.get(mark.at)).filter((letter) => letter !== undefined);
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.#kept?.stop();
	}

	joined(consumer: Consumer): void {
		this.#consumer = consumer;
		// Whatever it had, it is read from the beginning: nothing is committed. What was read already is recognised.
		for (const one of this.#waiting) one.rounds = 0;
	}

	rebalancing(): void {}

	batch({ batch, resolveOffset }: EachBatchPayload): void {
		const shelf = this.#shelves.get(batch.topic);
		const last = batch.lastOffset();
		resolveOffset(last);
		if (!shelf) return;
		const { search } = shelf;
		for (const record of batch.messages) {
			const at = Number(record.offset);
			if (record.value !== null && search?.wanted.has(at)) search.found.set(at, letterOf(shelf.subscription, record));
			if (at >= shelf.next) this.#note(shelf, record, at);
		}
		const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string };
		this.#reached(shelf, Number(fetchedOffset), Number(last) + 1);
	}

	nothing(topic: string, _partition: number, first: number, last: number): void {
		const shelf = this.#shelves.get(topic);
		if (shelf) this.#reached(shelf, first, last + 1);
	}

	fetched(broker: string): void {
		for (const one of this.#waiting) {
			// A broker that does not lead the topic cannot know; one that has answered nothing yet may be slow.
			if (String(one.leader) !== broker || ++one.rounds !== emptyRounds + 1) continue;
			void this.#confirm(one);
		}
	}

	lost(): void {
		this.#consumer = undefined;
		for (const shelf of this.#shelves.values()) {
			shelf.marks.clear();
			shelf.next = 0;
		}
		for (const one of this.#waiting) one.rounds = 0;
	}

	#shelfOf(subscription: Subscription): Shelf | undefined {
		return this.#shelves.get(deadLetterTopic(subscription));
	}

	#note(shelf: Shelf, record: KafkaMessage, at: number): void {
		const key = record.key?.toString() ?? '';
		if (record.value === null) {
			shelf.marks.delete(key);
			return;
		}
		const letter = letterOf(shelf.subscription, record);
		// A later life of a message that a crash kept from being forgotten.
		for (const earlier of letterKeys(letter).slice(0, -1)) shelf.marks.delete(earlier);
		shelf.marks.set(key, markOf(letter, at));
	}

	/** Reads a topic up to whatever is in it now. */
	async #read(shelf: Shelf): Promise<void> {
		if (this.#closed) throw busError('BUS_CLOSED');
		const { low, high } = (await this.#deps.cluster.bounds(shelf.topic)).get(0) ?? { low: 0, high: 0 };
		if (shelf.next >= high || low === high) return;
		this.#kept ??= this.#open();
		await this.#wait(shelf, () => shelf.next >= high);
	}

	/** Reads letters of a topic again, after whoever does so now. */
	async #searchInTurn(topic: string, marks: readonly LetterMark[]): Promise<ReadonlyMap<number, Letter>> {
		const shelf = this.#shelves.get(topic);
		if (!shelf) return new Map();
		const turn = shelf.searched.then(() => this.#search(shelf, marks));
		shelf.searched = turn.catch(() => {});
		return await turn;
	}

	async #search(shelf: Shelf, marks: readonly LetterMark[]): Promise<ReadonlyMap<number, Letter>> {
		if (this.#closed) throw busError('BUS_CLOSED');
		const wanted = new Set(marks.map(({ at }) => at));
		const first = marks.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
		const last = marks.reduce((most, { at }) => Math.max(most, at), 0);
		const search: Search = { wanted, found: new Map(), next: first };
		shelf.search = search;
		this.#seek(shelf, first);
		try {
			await this.#wait(shelf, () => search.next > last);
		} finally {
			shelf.search = undefined;
			// What lies between was read before.
			this.#seek(shelf, shelf.next);
		}
		return search.found;
	}

	/** @throws `BUS_NOT_READ` when it takes too long */
	async #wait(shelf: Shelf, isOver: () => boolean): Promise<void> {
		const leader = await this.#deps.cluster.leader(shelf.topic);
		if (isOver()) return;
		const done = Promise.withResolvers<void>();
		const waiting: Waiting = { shelf, isOver, leader, rounds: 0, resolve: () => done.resolve() };
		this.#waiting.add(waiting);
		const deadline = setTimeout(() => done.reject(busError('BUS_NOT_READ')), readMs);
		try {
			await done.promise;
		} finally {
			clearTimeout(deadline);
			this.#waiting.delete(waiting);
		}
	}

	/** The topic has no more, if whoever said so still leads it. */
	async #confirm(waiting: Waiting): Promise<void> {
		try {
			const leader = await this.#deps.cluster.leader(waiting.shelf.topic);
			// Since then it was brought something, or another leads.
			if (waiting.rounds <= emptyRounds) return;
			if (leader !== undefined && leader === waiting.leader) return waiting.resolve();
			waiting.leader = leader;
		} catch (error) {
			this.#deps.onError(error, 'dead letters');
		}
		waiting.rounds = 0;
	}

	/** It was fetched from an offset on up to another one. */
	#reached(shelf: Shelf, from: number, next: number): void {
		shelf.next = Math.max(shelf.next, next);
		const { search } = shelf;
		// What was fetched before it was sent back is no step of the search.
		if (search && from <= search.next) search.next = Math.max(search.next, next);
		for (const one of this.#waiting) {
			if (one.shelf !== shelf) continue;
			one.rounds = 0;
			if (one.isOver()) one.resolve();
		}
	}

	#seek({ topic }: Shelf, offset: number): void {
		this.#consumer?.seek({ topic, partition: 0, offset: String(offset) });
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

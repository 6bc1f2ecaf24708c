import type { Clock } from '@fefaent/kernel';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { Deliverer } from '../following/deliverer.ts';
import type { Following, FollowOptions } from '../port.ts';
import { type Assignment, stickyAssigner } from './assigner.ts';
import type { Cluster } from './cluster.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type ConsumerListener, KeptConsumer } from './kept-consumer.ts';
import { retryTopic } from './names.ts';
import { OffsetCommitter } from './offset-committer.ts';
import { type PartitionEntry, PartitionReader } from './partition-reader.ts';

/** How consumers behave, whatever they follow. Milliseconds. */
export interface ConsumerTimes {
	readonly sessionTimeoutMs: number;
	readonly heartbeatMs: number;
	readonly rebalanceTimeoutMs: number;
	readonly maxWaitMs: number;
	readonly commitEveryMs: number;
}

/** What a follower works with. */
export interface FollowerDeps {
	readonly kafka: Kafka;
	readonly cluster: Cluster;
	readonly letters: DeadLetters;
	readonly clock: Clock;
	readonly times: ConsumerTimes;
	readonly onError: (error: unknown, where: string) => void;
}

/** Most bytes of one partition, and of all, that a fetch brings. */
const fetchBytes = { partition: 262_144, all: 2_097_152 };

/** What kafkajs commits when it was told that what it asked for is out of range: begin at the oldest message. */
const outOfRange = -2;

/**
 * Delivers a group's topics, and what was redriven to it, to its handler. The consumer only fills buffers and sends heartbeats, so neither depends
 * on handlers; a partition whose buffer is full is paused.
 */
export class KafkaFollower implements Following, ConsumerListener {
	readonly #deps: FollowerDeps;
	readonly #options: FollowOptions;
	readonly #readers = new Map<string, PartitionReader>();
	/** The topic that each followed Kafka topic belongs to. */
	readonly #bases = new Map<string, string>();
	readonly #deliverer: Deliverer<PartitionEntry>;
	readonly #committer: OffsetCommitter;
	readonly #kept: KeptConsumer;
	#consumer: Consumer | undefined;
	#memberId: string | undefined;
	#stopped: Promise<void> | undefined;

	constructor(deps: FollowerDeps, options: FollowOptions) {
		this.#deps = deps;
		this.#options = options;
		const { group } = options;
		for (const topic of options.topics) {
			this.#bases.set(topic, topic);
			this.#bases.set(retryTopic({ topic, group }), topic);
		}
		const { sessionTimeoutMs, heartbeatMs, rebalanceTimeoutMs, maxWaitMs, commitEveryMs } = deps.times;
		this.#committer = new OffsetCommitter({ group, everyMs: commitEveryMs, readers: () => this.#readers.values(), onError: deps.onError });
		this.#deliverer = new Deliverer<PartitionEntry>(
			{
				clock: deps.clock,
				onError: deps.onError,
				bury: (dying) => deps.letters.bury(group, dying),
				onSettled: () => this.#committer.noticed(),
			},
			options,
		);
		this.#kept = new KeptConsumer({
			kafka: deps.kafka,
			config: {
				groupId: group,
				partitionAssigners: [stickyAssigner(() => this.#owned())],
				allowAutoTopicCreation: false,
				sessionTimeout: sessionTimeoutMs,
				heartbeatInterval: heartbeatMs,
				rebalanceTimeout: rebalanceTimeoutMs,
				maxWaitTimeInMs: maxWaitMs,
				maxBytesPerPartition: fetchBytes.partition,
				maxBytes: fetchBytes.all,
			},
			topics: [...this.#bases.keys()],
			listener: this,
			onError: (error) => deps.onError(error, `${group} consume`),
		});
	}

	/** Where it stands on a partition, ahead of what is committed; undefined when the partition is not its own. */
	standing(topic: string, partition: number): PartitionReader | undefined {
		const reader = this.#readers.get(place(topic, partition));
		return reader && reader.next >= 0 ? reader : undefined;
	}

	/** Messages in memory: handed on and not settled, and fetched and not handed on. */
	get held(): number {
		let held = this.#deliverer.size;
		for (const reader of this.#readers.values()) held += reader.buffered;
		return held;
	}

	stop(): Promise<void> {
		this.#stopped ??= this.#stop();
		return this.#stopped;
	}

	async #stop(): Promise<void> {
		await this.#deliverer.stop();
		await this.#committer.close();
		await this.#kept.stop();
	}

	joined(consumer: Consumer, memberId: string, assignment: Assignment): void {
		// A member that was never out of the group had its partitions all the time; one that was may have missed an owner between.
		const isSame = consumer === this.#consumer && memberId === this.#memberId;
		this.#consumer = consumer;
		this.#memberId = memberId;
		for (const reader of [...this.#readers.values()]) {
			if (!isSame || !assignment[reader.topic]?.includes(reader.partition)) this.#drop(reader);
		}
		const fresh: PartitionReader[] = [];
		for (const topic in assignment) {
			for (const partition of assignment[topic] ?? []) {
				const known = this.#readers.get(place(topic, partition));
				if (known) {
					if (known.next >= 0) this.#seek(known);
					continue;
				}
				fresh.push(this.#adopt(topic, partition));
			}
		}
		if (fresh.length > 0) void this.#begin(fresh);
	}

	rebalancing(): void {
		this.#committer.hurry();
	}

	batch({ batch, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload): void {
		this.#committer.use(commitOffsetsIfNecessary);
		const reader = this.#readers.get(place(batch.topic, batch.partition));
		if (!reader || reader.next < 0) return;
		// Fetched from elsewhere than asked: for an earlier assignment, or because what was asked for is no longer there.
		if (Number((batch as typeof batch & { readonly fetchedOffset: string }).fetchedOffset) !== reader.next) {
			void this.#place(reader);
			return;
		}
		const last = batch.lastOffset();
		reader.push(batch.messages, Number(last));
		resolveOffset(last);
		this.#regulate(reader);
		this.#deliverer.wake();
	}

	nothing(topic: string, partition: number, first: number, last: number): void {
		const reader = this.#readers.get(place(topic, partition));
		if (reader?.next === first) reader.skipTo(last + 1);
	}

	fetched(): void {}

	lost(): void {
		this.#consumer = undefined;
		this.#memberId = undefined;
		this.#committer.use(undefined);
		for (const reader of [...this.#readers.values()]) this.#drop(reader);
	}

	/** Finds out where to begin, and begins. */
	async #begin(fresh: readonly PartitionReader[]): Promise<void> {
		const { group } = this.#options;
		await this.#deliverer.persist('begin', async () => {
			const topics = [...new Set(fresh.filter(({ dropped }) => !dropped).map(({ topic }) => topic))];
			if (topics.length === 0) return;
			const [committed, ...bounds] = await Promise.all([
				this.#deps.cluster.committed(group, topics),
				...topics.map(async (topic) => [topic, await this.#deps.cluster.bounds(topic)] as const),
			]);
			const ends = new Map(bounds);
			for (const reader of fresh) {
				if (reader.dropped || reader.next >= 0) continue;
				const { topic, partition } = reader;
				const { low, high } = ends.get(topic)?.get(partition) ?? { low: 0, high: 0 };
				const { offset, ahead } = committed.get(topic)?.get(partition) ?? { offset: -1, ahead: [] };
				if (offset >= 0 && offset < low) this.#missed(reader, low - offset);
				if (offset > high) {
					this.#shortened(reader, offset, high);
					reader.startOver(low);
				} else reader.start(Math.max(offset, low), offset >= low ? ahead : []);
				this.#go(reader);
			}
		});
	}

	/** Has a partition fetched from where the reader is; further on if that is no longer there, and from its beginning if it is not there yet. */
	async #place(reader: PartitionReader): Promise<void> {
		const { topic, partition } = reader;
		try {
			const [bounds, committed] = await Promise.all([
				this.#deps.cluster.bounds(topic),
				this.#deps.cluster.committed(this.#options.group, [topic]),
			]);
			const ends = bounds.get(partition);
			if (reader.dropped || !ends) return;
			if (ends.low > reader.next) {
				this.#missed(reader, ends.low - reader.next);
				reader.skipTo(ends.low);
			} else if (reader.next > ends.high || committed.get(topic)?.get(partition)?.offset === outOfRange) {
				this.#shortened(reader, reader.next, ends.high);
				// What is under way has offsets of the log that was: it must not count for this one.
				this.#drop(reader);
				const fresh = this.#adopt(topic, partition);
				fresh.startOver(ends.low);
				this.#go(fresh);
				this.#committer.noticed();
				return;
			}
			this.#seek(reader);
		} catch (error) {
			// The next batch that does not fit asks again.
			this.#deps.onError(error, `${this.#options.group} place`);
		}
	}

	/** Takes a partition on, without fetching it yet. */
	#adopt(topic: string, partition: number): PartitionReader {
		const reader = new PartitionReader(topic, partition, this.#bases.get(topic) ?? topic, () => this.#regulate(reader));
		this.#readers.set(place(topic, partition), reader);
		this.#pause(reader);
		return reader;
	}

	/** Has a partition fetched whose reader knows where. */
	#go(reader: PartitionReader): void {
		this.#deliverer.add(reader);
		this.#seek(reader);
		this.#regulate(reader);
	}

	#shortened({ topic, partition }: PartitionReader, at: number, high: number): void {
		const text = `${topic}/${partition} lost its end or was made anew: it has ${high} messages, ${at} were read; it is read from its beginning`;
		this.#deps.onError(new Error(text), `${this.#options.group} begin`);
	}

	#missed({ topic, partition }: PartitionReader, count: number): void {
		const text = `retention deleted ${count} messages of ${topic}/${partition} before they were handled`;
		this.#deps.onError(new Error(text), `${this.#options.group} begin`);
	}

	#drop(reader: PartitionReader): void {
		reader.dropped = true;
		this.#readers.delete(place(reader.topic, reader.partition));
		this.#deliverer.remove(reader);
	}

	/** Pauses a partition of which enough waits, and resumes it when half of that is gone. */
	#regulate(reader: PartitionReader): void {
		if (reader.dropped || reader.next < 0) return;
		const { lookAhead, maxBatch } = this.#deliverer.options;
		const enough = Math.max(maxBatch, Math.ceil(lookAhead / this.#readers.size));
		if (reader.buffered >= enough && !reader.paused) this.#pause(reader);
		else if (reader.buffered <= enough / 2 && reader.paused) this.#resume(reader);
	}

	#pause(reader: PartitionReader): void {
		reader.paused = true;
		this.#consumer?.pause([{ topic: reader.topic, partitions: [reader.partition] }]);
	}

	#resume(reader: PartitionReader): void {
		reader.paused = false;
		this.#consumer?.resume([{ topic: reader.topic, partitions: [reader.partition] }]);
	}

	#seek({ topic, partition, next }: PartitionReader): void {
		this.#consumer?.seek({ topic, partition, offset: String(next) });
	}

	#owned(): Record<string, number[]> {
		const owned: Record<string, number[]> = {};
		for (const { topic, partition } of this.#readers.values()) {
			owned[topic] ??= [];
			owned[topic].push(partition);
		}
		return owned;
	}
}

function place(topic: string, partition: number): string {
	return `${topic}\n${partition}`;
}

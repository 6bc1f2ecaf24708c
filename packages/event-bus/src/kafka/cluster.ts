import type { Kafka } from 'kafkajs';
import { type Ranges, readProgress } from './progress.ts';
import { Questions } from './questions.ts';

/** The ends of a partition: the oldest offset retained, and the one that the next message gets. */
export interface Bounds {
	readonly low: number;
	readonly high: number;
}

/** What a group has committed on a partition. */
export interface Committed {
	/** The offset to go on at; negative when there is none. */
	readonly offset: number;
	/** Done above it. */
	readonly ahead: Ranges;
}

/** What the bus asks the cluster besides sending and following. Connects when first asked, and anew after a failure. */
export class Cluster {
	readonly #offsets: Questions;
	/** kafkajs's client forgets the other topics when it is asked for the metadata of some, and a question about their offsets fails: so a client of its own. */
	readonly #metadata: Questions;

	constructor(kafka: Kafka) {
		this.#offsets = new Questions(kafka);
		this.#metadata = new Questions(kafka);
	}

	/** The ends of every partition of a topic. */
	async bounds(topic: string): Promise<ReadonlyMap<number, Bounds>> {
		const offsets = await this.#offsets.ask((admin) => admin.fetchTopicOffsets(topic));
		return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
	}

	/** The broker that leads a topic's first partition. */
	async leader(topic: string): Promise<number | undefined> {
		const { topics } = await this.#metadata.ask((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
		return topics[0]?.partitions.find(({ partitionId }) => partitionId === 0)?.leader;
	}

	/** What a group has committed, by topic and partition. */
	async committed(group: string, topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<number, Committed>>> {
		const answer = await this.#offsets.ask((admin) => admin.fetchOffsets({ groupId: group, topics: [...topics] }));
		return new Map(
			answer.map(({ topic, partitions }) => [
				topic,
				new Map(
					partitions.map(({ partition, offset, metadata }) => {
						const at = Number(offset);
						return [partition, { offset: at, ahead: at < 0 ? [] : readProgress(at, metadata) }];
					}),
				),
			]),
		);
	}

	/** Resolved when a broker answers. */
	async ping(): Promise<void> {
		await this.#metadata.ask((admin) => admin.describeCluster());
	}

	/** Questions under way are not answered any more. */
	async close(): Promise<void> {
		await Promise.all([this.#offsets.close(), this.#metadata.close()]);
	}
}

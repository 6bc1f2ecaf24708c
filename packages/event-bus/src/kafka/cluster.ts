import { type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import type { Admin, Kafka } from 'kafkajs';
import { within } from './connection.ts';
import { type Ranges, readProgress } from './progress.ts';

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

const retry: BackoffPolicy & { readonly attempts: number } = { firstMs: 50, factor: 2, maxMs: 1000, jitter: 0.2, attempts: 10 };

/** Answers that pass by themselves: a coordinator that loads its groups after a start, or has moved. kafkajs gives them up at once. */
const passing = new Set([
	'GROUP_LOAD_IN_PROGRESS',
	'COORDINATOR_LOAD_IN_PROGRESS',
	'GROUP_COORDINATOR_NOT_AVAILABLE',
	'NOT_COORDINATOR_FOR_GROUP',
	'LEADER_NOT_AVAILABLE',
	'NOT_LEADER_FOR_PARTITION',
]);

/** What the bus asks the cluster besides sending and following. Connects when first asked, and anew after a failure. */
export class Cluster {
	readonly #kafka: Kafka;
	#admin: Promise<Admin> | undefined;

	constructor(kafka: Kafka) {
		this.#kafka = kafka;
	}

	/** The ends of every partition of a topic. */
	async bounds(topic: string): Promise<ReadonlyMap<number, Bounds>> {
		const offsets = await this.#ask((admin) => admin.fetchTopicOffsets(topic));
		return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
	}

	/** What a group has committed, by topic and partition. */
	async committed(group: string, topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<number, Committed>>> {
		const answer = await this.#ask((admin) => admin.fetchOffsets({ groupId: group, topics: [...topics] }));
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
		await this.#ask((admin) => admin.describeCluster());
	}

	async close(): Promise<void> {
		await this.#discard();
	}

	async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
		for (let attempt = 1; ; attempt++) {
			try {
				return await question(await this.#connected());
			} catch (error) {
				if (attempt >= retry.attempts || !passing.has(typeOf(error))) {
					await this.#discard();
					throw error;
				}
				await new Promise((resolve) => setTimeout(resolve, backoffMs(retry, attempt)));
			}
		}
	}

	#connected(): Promise<Admin> {
		this.#admin ??= (async () => {
			const admin = this.#kafka.admin();
			await admin.connect();
			return admin;
		})();
		return this.#admin;
	}

	async #discard(): Promise<void> {
		const admin = this.#admin;
		this.#admin = undefined;
		const connected = await admin?.catch(() => undefined);
		if (connected) await within(3000, connected.disconnect());
	}
}

/** The protocol's name of a failure; empty when it has none. */
export function typeOf(error: unknown): string {
	return error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : '';
}

import { type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import type { Admin, Kafka } from 'kafkajs';
import { typeOf } from './failure.ts';
import { within } from './farewell.ts';
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
	#live: SharedAdmin | undefined;

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

	/** Questions under way are not answered any more. */
	async close(): Promise<void> {
		await this.#live?.end();
	}

	async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
		for (let attempt = 1; ; attempt++) {
			this.#live ??= new SharedAdmin(this.#kafka.admin());
			const live = this.#live;
			try {
				return await live.use(question);
			} catch (error) {
				if (attempt >= retry.attempts || !passing.has(typeOf(error))) {
					// The next one goes through another connection; those under way end on this one.
					if (this.#live === live) this.#live = undefined;
					live.retire();
					throw error;
				}
				await new Promise((resolve) => setTimeout(resolve, backoffMs(retry, attempt)));
			}
		}
	}
}

/** An admin client that several questions use at once: one that was retired is let go of when the last of them has ended. */
class SharedAdmin {
	readonly #admin: Admin;
	readonly #connected: Promise<void>;
	#users = 0;
	#isRetired = false;
	#ended: Promise<void> | undefined;

	constructor(admin: Admin) {
		this.#admin = admin;
		this.#connected = admin.connect();
	}

	async use<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
		this.#users++;
		try {
			await this.#connected;
			return await question(this.#admin);
		} finally {
			this.#users--;
			if (this.#isRetired && this.#users === 0) void this.end();
		}
	}

	/** To be let go of as soon as nobody uses it. */
	retire(): void {
		this.#isRetired = true;
		if (this.#users === 0) void this.end();
	}

	/** Lets go of it, whoever uses it. */
	end(): Promise<void> {
		this.#ended ??= within(3000, this.#admin.disconnect());
		return this.#ended;
	}
}

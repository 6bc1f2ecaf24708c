import { type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import type { Consumer, ConsumerConfig, EachBatchPayload, Kafka } from 'kafkajs';
import { within } from './farewell.ts';

/** What a kept consumer tells. The calls are synchronous: fetching goes on when they return. */
export interface ConsumerListener {
	/** It is a member of its group, with these partitions; on every rebalance anew. Nothing is fetched before it returns. */
	joined(consumer: Consumer, memberId: string, assignment: Readonly<Record<string, readonly number[]>>): void;
	/** The group is about to be shared out anew. */
	rebalancing(): void;
	batch(payload: EachBatchPayload): void;
	/** A fetch brought records that are none of ours (marks of transactions, say): nothing to handle between these offsets. */
	nothing(topic: string, partition: number, first: number, last: number): void;
	/** A fetch from a broker was answered; its batches follow. */
	fetched(broker: string): void;
	/** The consumer is gone, and with it all that was assigned. Another one is made. */
	lost(): void;
}

/** How a consumer is kept. */
export interface KeptConsumerOptions {
	readonly kafka: Kafka;
	readonly config: ConsumerConfig;
	readonly topics: readonly string[];
	readonly listener: ConsumerListener;
	readonly onError: (error: unknown) => void;
}

const retry: BackoffPolicy = { firstMs: 200, factor: 2, maxMs: 10_000, jitter: 0.2 };

/** A consumer that fetches nothing for so long has stalled, whatever it says of itself: kafkajs answers fetches every `maxWaitTimeInMs`. */
const stalledMs = 60_000;

/** Longest wait for a consumer to leave its group; then the group finds out by itself. */
const leaveMs = 5000;

/** Keeps a consumer alive: whatever ends it, another one takes its place after a back-off, for ever. */
export class KeptConsumer {
	readonly #options: KeptConsumerOptions;
	readonly #stopping = Promise.withResolvers<undefined>();
	#isStopping = false;
	#aliveAt = 0;
	#joined = false;
	readonly #loop: Promise<void>;

	constructor(options: KeptConsumerOptions) {
		this.#options = options;
		this.#loop = this.#run();
	}

	/** Leaves the group. Resolved when it has. */
	async stop(): Promise<void> {
		this.#isStopping = true;
		this.#stopping.resolve(undefined);
		await this.#loop;
	}

	async #run(): Promise<void> {
		for (let failures = 1; !this.#isStopping; failures++) {
			this.#joined = false;
			try {
				await this.#live();
			} catch (error) {
				this.#options.onError(error);
			}
			if (this.#isStopping) return;
			if (this.#joined) failures = 1;
			await Promise.race([this.#stopping.promise, new Promise((resolve) => setTimeout(resolve, backoffMs(retry, failures)).unref())]);
		}
	}

	/** One consumer's life. */
	async #live(): Promise<void> {
		const { kafka, config, topics, listener } = this.#options;
		const ended = Promise.withResolvers<never>();
		ended.promise.catch(() => {});
		const consumer = kafka.consumer(config);
		const life = { isOver: false };
		this.#listen(consumer, life, (error) => ended.reject(error));
		this.#aliveAt = performance.now();
		const watch = setInterval(() => {
			if (performance.now() - this.#aliveAt > stalledMs) ended.reject(new Error('the consumer has stalled'));
		}, stalledMs / 6).unref();
		try {
			await consumer.connect();
			await consumer.subscribe({ topics: [...topics], fromBeginning: true });
			// Never given up half way: a consumer that is disconnected while it joins goes on unseen.
			await consumer.run({
				autoCommit: false,
				eachBatchAutoResolve: false,
				eachBatch: async (payload) => {
					if (!life.isOver) listener.batch(payload);
				},
			});
			await Promise.race([ended.promise, this.#stopping.promise]);
		} finally {
			clearInterval(watch);
			life.isOver = true;
			listener.lost();
			await within(leaveMs, consumer.disconnect());
		}
	}

	/** @param life a consumer that is told to leave may join once more before it does: what it tells then is not heard */
	#listen(consumer: Consumer, life: { readonly isOver: boolean }, onCrash: (error: Error) => void): void {
		const { listener } = this.#options;
		const { CRASH, GROUP_JOIN, REBALANCING, FETCH, START_BATCH_PROCESS } = consumer.events;
		consumer.on(CRASH, ({ payload }) => onCrash(payload.error));
		consumer.on(GROUP_JOIN, ({ payload }) => {
			if (life.isOver) return;
			this.#aliveAt = performance.now();
			this.#joined = true;
			listener.joined(consumer, payload.memberId, payload.memberAssignment as Record<string, number[]>);
		});
		consumer.on(REBALANCING, () => {
			if (!life.isOver) listener.rebalancing();
		});
		consumer.on(FETCH, ({ payload }) => {
			if (life.isOver) return;
			this.#aliveAt = performance.now();
			listener.fetched(String('nodeId' in payload ? payload.nodeId : ''));
		});
		consumer.on(START_BATCH_PROCESS, ({ payload }) => {
			const { topic, partition, batchSize, firstOffset, lastOffset } = payload;
			if (batchSize === 0 && !life.isOver) listener.nothing(topic, partition, Number(firstOffset ?? lastOffset), Number(lastOffset));
		});
	}
}

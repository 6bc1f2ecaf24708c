import { type Clock, crashpoint } from '@fefaent/kernel';
import type { Kafka } from 'kafkajs';
import { busError } from '../errors.ts';
import type { BusMessage, DeadLetter, DeadLetterFilter, EventBus, Following, FollowOptions, GroupLag, RedriveFilter } from '../port.ts';
import { showLag } from '../tracing/lag.ts';
import { traceProcessing } from '../tracing/processing.ts';
import { traceSending } from '../tracing/sending.ts';
import { Cluster } from './cluster.ts';
import { type KafkaConnection, kafkaClient } from './connection.ts';
import { DeadLetters } from './dead-letters.ts';
import { type ConsumerTimes, KafkaFollower } from './follower.ts';
import { LetterView } from './letter-view.ts';
import { retryTopic, type Subscription, subscriptionsOf, type TopicPlan } from './names.ts';
import { namespacedBus, namespacedTopics } from './namespace.ts';
import { countAbove } from './progress.ts';
import { type Compression, Publisher } from './publisher.ts';
import { recordOf } from './wire.ts';

/** How the bus is opened on Kafka. Times in milliseconds. */
export interface KafkaBusOptions {
	readonly connection: KafkaConnection;
	/** The topics and groups whose lag and dead letters this bus tells of: those of its service, or all. They exist (`migrateTopics`). */
	readonly topics: readonly TopicPlan[];
	/** Stands before every topic and group on the cluster, and nowhere else: several installations may share it. Default: nothing. */
	readonly prefix?: string;
	/** Dates what dies. */
	readonly clock: Clock;
	/** Default `gzip`. */
	readonly compression?: Compression;
	/** After so long without a heartbeat a consumer is dead, and others get its partitions. Default 10,000. */
	readonly sessionTimeoutMs?: number;
	/** Also how soon a consumer notices that another one has come. Default 1,000. */
	readonly heartbeatMs?: number;
	/** Longest wait for consumers to join again when partitions are shared out anew; they do so without waiting for handlers. Default 15,000. */
	readonly rebalanceTimeoutMs?: number;
	/** Longest that a fetch waits for a message; it answers at once when there is one. Bounds how long a stop and a resumed partition wait. Default 200. */
	readonly maxWaitMs?: number;
	/** Between commits of offsets. Default 100. */
	readonly commitEveryMs?: number;
	/** Told of what goes wrong behind the caller's back, and where. Default: a process warning. */
	readonly onError?: (error: unknown, where: string) => void;
}

/** A consumer at work on Kafka. */
export interface KafkaFollowing extends Following {
	/**
	 * Messages in memory. At most twice its `lookAhead`, and what one fetch brings: 256 kB of a partition and 2 MB in all as they were compressed, or one
	 * batch as its publisher made it.
	 */
	readonly held: number;
}

/** The bus of the distributed way to run. */
export interface KafkaBus extends EventBus {
	follow(options: FollowOptions): KafkaFollowing;
	/** Resolved when a broker answers, rejected when none does: for the health of whoever depends on it. */
	ping(): Promise<void>;
}

/** Opens the bus on a Kafka cluster. Connects when first used, and again whenever the connection is lost. */
export function openKafkaBus(options: KafkaBusOptions): KafkaBus {
	const { prefix = '', topics } = options;
	return namespacedBus(prefix, new Bus({ ...options, topics: namespacedTopics(prefix, topics) }));
}

class Bus implements KafkaBus {
	readonly #clock: Clock;
	readonly #onError: (error: unknown, where: string) => void;
	readonly #kafka: Kafka;
	readonly #cluster: Cluster;
	readonly #publisher: Publisher;
	readonly #view: LetterView;
	readonly #letters: DeadLetters;
	readonly #times: ConsumerTimes;
	/** The live follower of each topic and group. */
	readonly #followers = new Map<string, KafkaFollower>();
	readonly #subscriptions: Map<string, Subscription>;
	readonly #underWay = new Set<Promise<unknown>>();
	#closing: Promise<void> | undefined;
	readonly #hideLag: () => void;

	constructor(options: KafkaBusOptions) {
		this.#clock = options.clock;
		this.#onError = options.onError ?? ((error, where) => process.emitWarning(`event bus, ${where}: ${String(error)}`));
		this.#kafka = kafkaClient(options.connection);
		this.#cluster = new Cluster(kafkaClient(options.connection, 'short'));
		this.#publisher = new Publisher(this.#kafka, options.compression ?? 'gzip');
		this.#times = {
			sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
			heartbeatMs: options.heartbeatMs ?? 1000,
			rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 15_000,
			maxWaitMs: options.maxWaitMs ?? 200,
			commitEveryMs: options.commitEveryMs ?? 100,
		};
		const subscriptions = subscriptionsOf(options.topics);
		this.#subscriptions = new Map(subscriptions.map((one) => [place(one), one]));
		this.#view = new LetterView({
			kafka: this.#kafka,
			cluster: this.#cluster,
			group: `${options.prefix ?? ''}${options.connection.clientId}.dead-letters`,
			subscriptions,
			maxWaitMs: this.#times.maxWaitMs,
			onError: this.#onError,
		});
		this.#letters = new DeadLetters(this.#publisher, this.#view);
		const followed = () => subscriptions.filter((one) => this.#followers.has(place(one)));
		this.#hideLag = showLag(() => Promise.all(followed().map((one) => this.#lagOf(one))), this.#onError);
	}

	async publish(messages: readonly BusMessage[]): Promise<void> {
		this.#assertOpen();
		if (messages.length === 0) return;
		await this.#during(this.#publish(messages));
	}

	follow(wanted: FollowOptions): KafkaFollowing {
		this.#assertOpen();
		const options = { ...wanted, handle: traceProcessing('kafka', wanted.group, wanted.handle) };
		const { group } = options;
		const places = options.topics.map((topic) => place({ topic, group }));
		options.topics.forEach((topic, index) => {
			if (this.#followers.has(places[index] ?? '')) throw busError('BUS_GROUP_TAKEN', { group, topic });
		});
		const follower = new KafkaFollower(
			{
				kafka: this.#kafka,
				cluster: this.#cluster,
				letters: this.#letters,
				clock: this.#clock,
				times: this.#times,
				onError: this.#onError,
			},
			options,
		);
		for (const name of places) this.#followers.set(name, follower);
		return {
			get held() {
				return follower.held;
			},
			stop: async () => {
				await follower.stop();
				for (const name of places) if (this.#followers.get(name) === follower) this.#followers.delete(name);
			},
		};
	}

	async deadLetters(filter: DeadLetterFilter = {}): Promise<readonly DeadLetter[]> {
		this.#assertOpen();
		const letters = await this.#letters.list(filter);
		return letters.map(({ record: _, past: __, ...letter }) => letter);
	}

	async redrive(filter: RedriveFilter = {}): Promise<number> {
		this.#assertOpen();
		return await this.#during(this.#letters.redrive(filter));
	}

	async lag(): Promise<readonly GroupLag[]> {
		this.#assertOpen();
		return await Promise.all([...this.#subscriptions.values()].map((one) => this.#lagOf(one)));
	}

	async ping(): Promise<void> {
		await this.#cluster.ping();
	}

	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #publish(messages: readonly BusMessage[]): Promise<void> {
		await crashpoint('bus.log.before-append');
		await traceSending('kafka', messages, (traced) =>
			this.#publisher.send(traced.map((message) => ({ topic: message.topic, record: recordOf(message) }))),
		);
		await crashpoint('bus.log.after-append');
	}

	async #lagOf(subscription: Subscription): Promise<GroupLag> {
		const { topic, group } = subscription;
		const topics = [topic, retryTopic(subscription)];
		// What is committed is asked before the ends: so what comes meanwhile counts as pending, and never as less than nothing.
		const committed = await this.#cluster.committed(group, topics);
		const [dead, ...bounds] = await Promise.all([
			this.#letters.count(subscription),
			...topics.map(async (one) => [one, await this.#cluster.bounds(one)] as const),
		]);
		const follower = this.#followers.get(place(subscription));
		let pending = 0;
		for (const [one, partitions] of bounds) {
			for (const [partition, { low, high }] of partitions) {
				// A live follower knows better than the cluster what is done.
				const standing = follower?.standing(one, partition);
				const { offset, ahead } = committed.get(one)?.get(partition) ?? { offset: -1, ahead: [] };
				const passed = Math.max(low - 1, standing?.passed ?? offset - 1);
				const doneAhead = standing?.doneAhead ?? countAbove(ahead, passed);
				pending += Math.max(0, high - 1 - passed - doneAhead);
			}
		}
		return { topic, group, pending, dead };
	}

	async #close(): Promise<void> {
		this.#hideLag();
		await Promise.all([...new Set(this.#followers.values())].map((follower) => follower.stop()));
		await Promise.allSettled(this.#underWay);
		await Promise.all([this.#view.close(), this.#publisher.close(), this.#cluster.close()]);
	}

	/** Keeps the connection until what is under way has ended. */
	async #during<T>(work: Promise<T>): Promise<T> {
		this.#underWay.add(work);
		try {
			return await work;
		} finally {
			this.#underWay.delete(work);
		}
	}

	#assertOpen(): void {
		if (this.#closing) throw busError('BUS_CLOSED');
	}
}

function place({ topic, group }: Subscription): string {
	return `${group}\n${topic}`;
}

import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { busError } from '../errors.ts';
import { type KafkaConnection, kafkaClient } from './connection.ts';
import { typeOf } from './failure.ts';
import { deadLetterTopic, retryTopic, subscriptionsOf, type TopicPlan } from './names.ts';

/** What the topics are to be like. */
export interface TopicsOptions {
	readonly connection: KafkaConnection;
	readonly topics: readonly TopicPlan[];
	/** Of each topic and its retry topics. Bounds how many replicas of a service can follow it at once. */
	readonly partitions: number;
	readonly replicationFactor: number;
	/** How long messages stay, in milliseconds; -1 for ever. Longer than any group may be down. */
	readonly retentionMs: number;
	readonly minInsyncReplicas: number;
}

/** How the cluster compares with what is wanted. */
export interface TopicsReport {
	/** Made now. */
	readonly created: readonly string[];
	/** There, but not as wanted; a sentence each. Nothing is changed: more partitions, say, would break the order of keys. */
	readonly differences: readonly string[];
}

/** A dead letter carries its history besides its message: it must fit where the message did. */
const roomForHistory = '2097152';

/** Longest wait for new topics to be led. */
const settleMs = 30_000;

/** Makes every topic that is missing, the dead letter and retry topics of each group included. Safe to repeat. */
export async function migrateTopics(options: TopicsOptions): Promise<TopicsReport> {
	return await withAdmin(options.connection, async (admin) => {
		const existing = new Set(await admin.listTopics());
		const wanted = wantedTopics(options);
		const missing = wanted.filter(({ topic }) => !existing.has(topic));
		if (missing.length > 0) await enoughBrokers(admin, options.replicationFactor);
		if (missing.length > 0) {
			// Those that another migration makes at the same time are left as they are.
			await admin.createTopics({ topics: missing, waitForLeaders: false });
			await settled(admin, missing);
		}
		const before = wanted.filter(({ topic }) => existing.has(topic));
		return { created: missing.map(({ topic }) => topic), differences: await compare(admin, before) };
	});
}

/**
 * Looks whether every topic is there, at a service's start.
 * @returns what is there, but not as wanted
 * @throws `BUS_TOPICS_MISSING`, naming them
 */
export async function checkTopics(options: TopicsOptions): Promise<readonly string[]> {
	return await withAdmin(options.connection, async (admin) => {
		const existing = new Set(await admin.listTopics());
		const wanted = wantedTopics(options);
		const missing = wanted.filter(({ topic }) => !existing.has(topic)).map(({ topic }) => topic);
		if (missing.length > 0) throw busError('BUS_TOPICS_MISSING', { topics: missing.join(', ') });
		return await compare(admin, wanted);
	});
}

/** Every topic that a plan needs, as Kafka is to make it. */
export function wantedTopics({ topics, partitions, replicationFactor, retentionMs, minInsyncReplicas }: TopicsOptions): ITopicConfig[] {
	const durable = { name: 'min.insync.replicas', value: String(minInsyncReplicas) };
	const topicConfig = (topic: string, numPartitions: number, configEntries: { name: string; value: string }[]): ITopicConfig => ({
		topic,
		numPartitions,
		replicationFactor,
		configEntries: [durable, ...configEntries],
	});
	const kept = [
		{ name: 'cleanup.policy', value: 'delete' },
		{ name: 'retention.ms', value: String(retentionMs) },
	];
	const large = { name: 'max.message.bytes', value: roomForHistory };
	return [
		...topics.map(({ name }) => topicConfig(name, partitions, kept)),
		...subscriptionsOf(topics).flatMap((subscription) => [
			topicConfig(retryTopic(subscription), partitions, [...kept, large]),
			topicConfig(deadLetterTopic(subscription), 1, [{ name: 'cleanup.policy', value: 'compact' }, large]),
		]),
	];
}

/** Deletes every topic whose name begins with a prefix, with all that is in it. @throws RangeError without one */
export async function removeTopics(connection: KafkaConnection, prefix: string): Promise<void> {
	if (prefix === '') throw new RangeError('without a prefix this would delete everything');
	await withAdmin(connection, async (admin) => {
		const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
		if (topics.length > 0) await admin.deleteTopics({ topics });
	});
}

/** Brokers may come one by one: it is worth another try. @throws `BUS_BROKERS_MISSING` */
async function enoughBrokers(admin: Admin, copies: number): Promise<void> {
	const { brokers } = await admin.describeCluster();
	if (brokers.length < copies) throw busError('BUS_BROKERS_MISSING', { brokers: String(brokers.length), copies: String(copies) });
}

/** Waits until new topics are known and led; kafkajs's own wait fails where a broker has not heard of them yet. */
async function settled(admin: Admin, topics: readonly ITopicConfig[]): Promise<void> {
	const deadline = performance.now() + settleMs;
	for (;;) {
		try {
			const metadata = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) });
			if (metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
			if (performance.now() > deadline) throw new Error('new topics have no leader');
		} catch (error) {
			if (performance.now() > deadline) throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

async function compare(admin: Admin, wanted: readonly ITopicConfig[]): Promise<string[]> {
	if (wanted.length === 0) return [];
	const { topics } = await admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) });
	const { resources } = await admin.describeConfigs({
		includeSynonyms: false,
		resources: wanted.map(({ topic, configEntries = [] }) => ({
			type: kafkajs.ConfigResourceTypes.TOPIC,
			name: topic,
			configNames: configEntries.map(({ name }) => name),
		})),
	});
	return wanted.flatMap(({ topic, numPartitions, replicationFactor, configEntries = [] }) => {
		const partitions = topics.find(({ name }) => name === topic)?.partitions ?? [];
		const replicas = partitions[0]?.replicas.length ?? 0;
		const configs = new Map(
			resources.find(({ resourceName }) => resourceName === topic)?.configEntries.map((entry) => [entry.configName, entry.configValue]),
		);
		const needed = Number(configs.get('min.insync.replicas') ?? 1);
		if (needed > replicas && partitions.length > 0)
			throw busError('BUS_UNFIT', {
				cause: `${topic} has ${replicas} copies and min.insync.replicas of ${needed}, so nothing can be written to it`,
			});
		const facts: (readonly [string, string, string])[] = [
			['partitions', String(partitions.length), String(numPartitions)],
			['replicas', String(replicas), String(replicationFactor)],
			...configEntries.map(({ name, value }) => [name, configs.get(name) ?? 'unset', value] as const),
		];
		return facts.filter(([, is, should]) => is !== should).map(([name, is, should]) => `${topic}: ${name} is ${is}, wanted ${should}`);
	});
}

async function withAdmin<T>(connection: KafkaConnection, work: (admin: Admin) => Promise<T>): Promise<T> {
	const admin = kafkaClient(connection).admin();
	try {
		await admin.connect();
		return await work(admin);
	} catch (error) {
		const refusal = refusalOf(error);
		throw refusal === undefined ? error : busError('BUS_UNFIT', { cause: refusal }, { cause: error });
	} finally {
		await admin.disconnect();
	}
}

/** What waiting cannot mend, in words; undefined for anything else. */
function refusalOf(error: unknown): string | undefined {
	for (let one = error; one instanceof Error; one = one.cause) {
		if (one.name === 'KafkaJSSASLAuthenticationError') return 'the user and password, or the way to log in, are not accepted';
		const meaning = refusals[typeOf(one)];
		if (meaning !== undefined) return meaning;
	}
	return undefined;
}

const refusals: Readonly<Record<string, string>> = {
	CLUSTER_AUTHORIZATION_FAILED:
		'the user may not do what is needed: Create, Describe and DescribeConfigs on topics of the prefix, or on the cluster',
	TOPIC_AUTHORIZATION_FAILED:
		'the user may not do what is needed: Create, Describe, DescribeConfigs, Read and Write on topics of the prefix',
	POLICY_VIOLATION: 'a policy of the cluster does not allow the topics that are needed',
	UNSUPPORTED_VERSION: 'its brokers are too old for what is asked of them',
};

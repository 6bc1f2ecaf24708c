import type { KafkaBusOptions } from './bus.ts';
import { kafkaClient } from './connection.ts';
import type { TopicPlan } from './names.ts';
import { migrateTopics, type TopicsOptions, wantedTopics } from './topics.ts';

/** A test's own topics on the cluster that `KAFKA_BROKERS` names. */
export interface KafkaTestTopics {
	/** Makes them. */
	make(topics: readonly TopicPlan[], partitions?: number): Promise<void>;
	/** How to open a bus on them, with waits that suit a test. */
	options(): Omit<KafkaBusOptions, 'clock'>;
	remove(): Promise<void>;
}

/** @param brokers other ones than the environment names */
export function kafkaTestTopics(brokers = (process.env.KAFKA_BROKERS ?? '').split(',')): KafkaTestTopics {
	const connection = { brokers, clientId: 'fefaent-test' };
	let made: TopicsOptions = { connection, topics: [], partitions: 3, replicationFactor: 1, retentionMs: -1, minInsyncReplicas: 1 };
	return {
		make: async (topics, partitions = 3) => {
			made = { ...made, topics, partitions };
			await migrateTopics(made);
		},
		options: () => ({ connection, topics: made.topics, heartbeatMs: 200, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 6000, maxWaitMs: 50 }),
		remove: async () => {
			const admin = kafkaClient(connection).admin();
			await admin.connect();
			await admin.deleteTopics({ topics: wantedTopics(made).map(({ topic }) => topic) });
			await admin.disconnect();
		},
	};
}

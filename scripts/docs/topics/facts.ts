import { NotificationEventType, notificationEventName, topics } from '@fefaent/contracts/events';
import { deadLetterTopic, retryTopic } from '@fefaent/event-bus/kafka';
import { processConfig } from '@fefaent/process';
import { readConfig } from '@fefaent/service-kit';
import { wantedTopics } from '../../../packages/event-bus/src/kafka/topics.ts';
import type { PublishedType } from './words.ts';

/** A topic of the code's own table. */
export type Topic = (typeof topics)[number];

/** A topic as it is made on Kafka while no setting says otherwise. */
export interface MadeTopic {
	readonly partitions: number;
	readonly replicas: number;
	readonly config: Readonly<Record<string, string>>;
}

/** Every topic that a migration makes, by name, made as the settings' defaults say. */
export function madeTopics(): ReadonlyMap<string, MadeTopic> {
	const config = readConfig(processConfig, {});
	const wanted = wantedTopics({
		connection: { brokers: [], clientId: 'documentation' },
		topics,
		partitions: config.FEFAENT_KAFKA_PARTITIONS,
		replicationFactor: config.FEFAENT_KAFKA_REPLICATION,
		minInsyncReplicas: Math.max(1, config.FEFAENT_KAFKA_REPLICATION - 1),
		retentionMs: config.FEFAENT_KAFKA_RETENTION,
	});
	return new Map(
		wanted.map(({ topic, numPartitions = 0, replicationFactor = 0, configEntries = [] }) => [
			topic,
			{
				partitions: numPartitions,
				replicas: replicationFactor,
				config: Object.fromEntries(configEntries.map(({ name, value }) => [name, value])),
			},
		]),
	);
}

/** Each group of a topic, with the topics that are its own. */
export function groupsOf({ name, groups }: Topic) {
	return groups.map((group) => ({
		group,
		retry: retryTopic({ topic: name, group }),
		deadLetters: deadLetterTopic({ topic: name, group }),
	}));
}

/** Kinds of events, by the contract. */
export const eventTypes: readonly { readonly type: PublishedType; readonly name: string }[] = Object.values(NotificationEventType)
	.filter((type): type is PublishedType => !/_UNSPECIFIED$|^UNRECOGNIZED$/.test(type))
	.map((type) => ({ type, name: notificationEventName(type) }));

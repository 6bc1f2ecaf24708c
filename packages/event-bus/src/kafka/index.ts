export { checkBrokers } from './broker-check.ts';
export { type KafkaBus, type KafkaBusOptions, type KafkaFollowing, openKafkaBus } from './bus.ts';
export type { KafkaConnection, KafkaSasl } from './connection.ts';
export type { KafkaLogger } from './logger.ts';
export { deadLetterTopic, retryTopic, type Subscription, type TopicPlan } from './names.ts';
export { namespacedTopics } from './namespace.ts';
export type { Compression } from './publisher.ts';
export type { KafkaTls } from './tls.ts';
export { checkTopics, migrateTopics, removeTopics, type TopicsOptions, type TopicsReport } from './topics.ts';

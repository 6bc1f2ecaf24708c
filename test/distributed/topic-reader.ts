// What lies on a topic, read as Kafka gives it: every record, also those that a consumer of the product would recognise as seen.
import { NotificationEvent, notificationTopic } from '@fefaent/contracts/events';
import { Kafka, logLevel } from 'kafkajs';

/** A record of the notifications' topic. */
export interface TopicRecord {
	readonly partition: number;
	readonly offset: number;
	readonly event: NotificationEvent;
}

/** Reads from the beginning of the topic on, until disposed. */
export interface TopicReader extends AsyncDisposable {
	/** In the order of each partition. */
	readonly records: readonly TopicRecord[];
}

/** Starts reading. @param prefix what the installation's topics begin with */
export async function readTopic(prefix: string): Promise<TopicReader> {
	const brokers = (process.env.KAFKA_BROKERS ?? '').split(',');
	const consumer = new Kafka({ brokers, clientId: 'fefaent-test', logLevel: logLevel.NOTHING }).consumer({
		groupId: `${prefix}test-reader`,
		maxWaitTimeInMs: 50,
	});
	const records: TopicRecord[] = [];
	await consumer.connect();
	await consumer.subscribe({ topics: [`${prefix}${notificationTopic}`], fromBeginning: true });
	await consumer.run({
		eachMessage: async ({ partition, message }) => {
			records.push({ partition, offset: Number(message.offset), event: NotificationEvent.decode(message.value ?? Buffer.alloc(0)) });
		},
	});
	return {
		records,
		[Symbol.asyncDispose]: () => consumer.disconnect(),
	};
}

import kafkajs, { type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import './zstd.ts';
import { type KafkaLogger, logTo } from './logger.ts';
import { type KafkaTls, socketsBy } from './tls.ts';

/** How a Kafka cluster is reached. Times in milliseconds. */
export interface KafkaConnection {
	/** `host:port` of some brokers; the others are found through them. */
	readonly brokers: readonly string[];
	/** Names this process in the brokers' logs and quotas. */
	readonly clientId: string;
	/** TLS; `true` trusts what Node trusts. */
	readonly ssl?: boolean | KafkaTls;
	readonly sasl?: KafkaSasl;
	/** Default 3,000. */
	readonly connectTimeoutMs?: number;
	/** Longest wait for an answer. Default 20,000. */
	readonly requestTimeoutMs?: number;
	/** Where the client's log goes, without contents of messages. Default: nowhere. */
	readonly logger?: KafkaLogger;
}

/** A user's name and password. */
export interface KafkaSasl {
	readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
	readonly username: string;
	readonly password: string;
}

/** Attempts of the client's own: about 9 s in all, longer than a broker takes to start again. What lies beyond is retried by whoever asked. */
const retry = { initialRetryTime: 100, multiplier: 2, maxRetryTime: 2000, retries: 8, restartOnFailure: async () => false };

/** For questions of somebody who waits, or who asks again by himself: a health check, a metric, a follower that begins. */
const impatient = { ...retry, maxRetryTime: 500, retries: 2 };

/** Makes a client. Connects nothing yet. @param patience how long it tries: for as long as a broker takes to start, or hardly */
export function kafkaClient(options: KafkaConnection, patience: 'long' | 'short' = 'long'): Kafka {
	const config: KafkaConfig = {
		brokers: [...options.brokers],
		clientId: options.clientId,
		connectionTimeout: options.connectTimeoutMs ?? 3000,
		authenticationTimeout: options.connectTimeoutMs ?? 3000,
		requestTimeout: options.requestTimeoutMs ?? 20_000,
		retry: patience === 'long' ? retry : impatient,
		logLevel: kafkajs.logLevel.INFO,
		logCreator: logTo(options.logger),
		...(options.ssl !== undefined && { ssl: options.ssl !== false }),
		...(typeof options.ssl === 'object' && { socketFactory: socketsBy(options.ssl) }),
		...(options.sasl && { sasl: login(options.sasl) }),
	};
	return new kafkajs.Kafka(config);
}

/** A copy: kafkajs keeps the way to log in, with its password, in the object that it is given. */
function login({ mechanism, username, password }: KafkaSasl): SASLOptions {
	return { mechanism, username, password } as SASLOptions;
}

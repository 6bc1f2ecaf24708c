import { Batcher } from '@fefaent/kernel';
import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import { busError } from '../errors.ts';
import { within } from './farewell.ts';

/** A record and where it goes. */
export interface TopicRecord {
	readonly topic: string;
	readonly record: Message;
}

/** How records are compressed on the wire and on the brokers' disks. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** Most records, and bytes before compression, of one request: brokers refuse a batch above 1 MB (`message.max.bytes`). */
const maxRecords = 2000;
const maxBytes = 800_000;

/** What a record costs besides key, value and headers, about. */
const overheadBytes = 70;

interface Live {
	readonly producer: Producer;
	/** Where the partitioner put the records of the request under way. */
	readonly placed: Map<Message, number>;
}

/**
 * Sends records durably and in order: an idempotent producer, every in-sync replica asked, one request at a time; what arrives meanwhile goes
 * together in the next. After a request of which it is not known what became of it the producer is replaced: its successor's sequence numbers mean
 * something else, and the broker would take a different batch under the old ones for a repetition and drop it.
 */
export class Publisher {
	readonly #kafka: Kafka;
	readonly #compression: number;
	readonly #batcher: Batcher<readonly TopicRecord[], { readonly error?: unknown }>;
	#live: Promise<Live> | undefined;

	constructor(kafka: Kafka, compression: Compression) {
		const { None, GZIP, ZSTD } = kafkajs.CompressionTypes;
		this.#kafka = kafka;
		this.#compression = { none: None, gzip: GZIP, zstd: ZSTD }[compression];
		this.#batcher = new Batcher((calls) => this.#run(calls), { maxItems: 256 });
	}

	/** Resolved when all are on every in-sync replica; rejected when some may not be. */
	async send(records: readonly TopicRecord[]): Promise<void> {
		const sent = await this.#batcher.add(records);
		if ('error' in sent) throw sent.error;
	}

	/** Lets go of the connection. What is under way is to be awaited before. */
	async close(): Promise<void> {
		await this.#discard();
	}

	async #run(calls: readonly (readonly TopicRecord[])[]): Promise<{ readonly error?: unknown }[]> {
		const flat = calls.flatMap((records, call) => records.map((one) => ({ ...one, call })));
		// Calls from this one on are not promised.
		let failedFrom = Number.POSITIVE_INFINITY;
		let failure: unknown;
		for (let from = 0; from < flat.length; ) {
			const to = endOfRequest(flat, from);
			try {
				await this.#request(flat.slice(from, to));
			} catch (error) {
				failure = error;
				failedFrom = flat[from]?.call ?? 0;
				break;
			}
			from = to;
		}
		return calls.map((_, call) => (call >= failedFrom ? { error: failure } : {}));
	}

	async #request(records: readonly TopicRecord[]): Promise<void> {
		try {
			const { producer, placed } = await this.#connected();
			placed.clear();
			const byTopic = Map.groupBy(records, ({ topic }) => topic);
			const confirmed = await producer.sendBatch({
				acks: -1,
				compression: this.#compression,
				topicMessages: [...byTopic].map(([topic, list]) => ({ topic, messages: list.map(({ record }) => record) })),
			});
			// When a partition's leader moves during a request to several brokers, kafkajs may leave that partition out and report success.
			const places = new Set(confirmed.map(({ topicName, partition }) => `${topicName}/${partition}`));
			for (const { topic, record } of records) {
				if (!places.has(`${topic}/${placed.get(record)}`)) throw busError('BUS_NOT_PROMISED');
			}
			placed.clear();
		} catch (error) {
			await this.#discard();
			throw error;
		}
	}

	#connected(): Promise<Live> {
		this.#live ??= (async () => {
			const placed = new Map<Message, number>();
			const producer = this.#kafka.producer({
				idempotent: true,
				maxInFlightRequests: 1,
				allowAutoTopicCreation: false,
				createPartitioner: () => {
					const partitioner = kafkajs.Partitioners.DefaultPartitioner();
					return (args) => {
						const partition = partitioner(args);
						placed.set(args.message, partition);
						return partition;
					};
				},
			});
			await producer.connect();
			return { producer, placed };
		})();
		return this.#live;
	}

	async #discard(): Promise<void> {
		const live = this.#live;
		this.#live = undefined;
		const connected = await live?.catch(() => undefined);
		if (connected) await within(3000, connected.producer.disconnect());
	}
}

function endOfRequest(records: readonly TopicRecord[], from: number): number {
	let bytes = 0;
	let to = from;
	for (; to < records.length && to - from < maxRecords; to++) {
		bytes += sizeOf(records[to]?.record);
		if (bytes > maxBytes && to > from) break;
	}
	return to;
}

function sizeOf(record: Message | undefined): number {
	let bytes = overheadBytes + (record?.key?.length ?? 0) + (record?.value?.length ?? 0);
	for (const name in record?.headers) bytes += name.length + (record.headers[name]?.length ?? 0) + 2;
	return bytes;
}

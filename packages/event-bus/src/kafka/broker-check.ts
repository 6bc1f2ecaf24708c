import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { busError } from '../errors.ts';
import type { KafkaConnection } from './connection.ts';
import { nameOf, tlsOptions } from './tls.ts';

/** From the oldest to the newest version of a request. */
type Range = readonly [number, number];

/**
 * The requests that the bus makes: their keys, and the versions of them that kafkajs can speak and that the bus can do with. What is compressed with
 * zstd needs newer ones than kafkajs itself.
 */
const spoken: Readonly<Record<string, { readonly key: number; readonly versions: Range }>> = {
	Produce: { key: 0, versions: [7, 7] },
	Fetch: { key: 1, versions: [10, 11] },
	ListOffsets: { key: 2, versions: [1, 3] },
	Metadata: { key: 3, versions: [1, 6] },
	OffsetCommit: { key: 8, versions: [2, 5] },
	OffsetFetch: { key: 9, versions: [1, 4] },
	FindCoordinator: { key: 10, versions: [0, 2] },
	JoinGroup: { key: 11, versions: [0, 5] },
	Heartbeat: { key: 12, versions: [0, 3] },
	LeaveGroup: { key: 13, versions: [0, 3] },
	SyncGroup: { key: 14, versions: [0, 3] },
	CreateTopics: { key: 19, versions: [0, 3] },
	InitProducerId: { key: 22, versions: [0, 1] },
	DescribeConfigs: { key: 32, versions: [0, 2] },
};

/** ApiVersions, in its first version, which every broker understands, also before a log-in. */
const apiVersions = { key: 18, version: 0 };

/** More than this no list of versions is. */
const mostBytes = 65_536;

/**
 * Checks that brokers speak what the bus does: Kafka does not tell its version, but what requests it takes. Those that do not answer are left out, unless
 * none does.
 * @throws `BUS_UNFIT` that says what a broker cannot be asked for; what kept the first one from answering, when none answered
 */
export async function checkBrokers(connection: KafkaConnection): Promise<void> {
	const asked = await Promise.allSettled(connection.brokers.map(async (broker) => ({ broker, takes: await ask(broker, connection) })));
	const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
	const [first] = asked;
	if (answers.length === 0 && first?.status === 'rejected') throw first.reason;
	for (const { broker, takes } of answers) {
		const [lack] = lacks(takes);
		if (lack !== undefined) throw busError('BUS_UNFIT', { cause: `the broker at ${broker} ${lack}` });
	}
}

/** What cannot be asked for, in words. */
export function lacks(takes: ReadonlyMap<number, Range>): readonly string[] {
	return Object.entries(spoken).flatMap(([name, { key, versions }]) => {
		const [from, to] = versions;
		const taken = takes.get(key);
		if (!taken) return [`takes no ${name} requests`];
		if (taken[1] < from) return [`is too old: it takes ${name} requests up to version ${taken[1]}, ${from} is needed (Kafka 2.1)`];
		if (taken[0] > to) return [`is too new: it takes ${name} requests from version ${taken[0]} on, ${to} is spoken`];
		return [];
	});
}

/** Asks a broker which requests it takes, by key. */
async function ask(broker: string, connection: KafkaConnection): Promise<ReadonlyMap<number, Range>> {
	const socket = open(broker, connection);
	socket.setTimeout(connection.connectTimeoutMs ?? 3000, () => socket.destroy(new Error(`${broker} does not answer`)));
	try {
		socket.write(request(connection.clientId));
		return rangesOf(await answer(socket, broker), broker);
	} finally {
		socket.destroy();
	}
}

function open(broker: string, { ssl }: KafkaConnection): Socket {
	const { hostname, port } = new URL(`kafka://${broker}`);
	const host = hostname.replace(/^\[(.*)\]$/, '$1');
	const to = { host, port: Number(port) };
	if (ssl === undefined || ssl === false) return connect(to);
	return connectTls({ ...to, ...nameOf(host), ...(ssl !== true && tlsOptions(ssl)) });
}

/** Length, key, version, correlation id, client id. */
function request(clientId: string): Buffer {
	const name = Buffer.from(clientId);
	const buffer = Buffer.alloc(14 + name.length);
	buffer.writeInt32BE(buffer.length - 4, 0);
	buffer.writeInt16BE(apiVersions.key, 4);
	buffer.writeInt16BE(apiVersions.version, 6);
	buffer.writeInt16BE(name.length, 12);
	name.copy(buffer, 14);
	return buffer;
}

/** The answer behind its length. */
async function answer(socket: Socket, broker: string): Promise<Buffer> {
	let read = Buffer.alloc(0);
	for await (const chunk of socket) {
		read = Buffer.concat([read, chunk as Buffer]);
		if (read.length < 4) continue;
		const length = read.readInt32BE(0);
		if (length < 0 || length > mostBytes)
			throw busError('BUS_UNFIT', { cause: `what listens at ${broker} does not speak Kafka's protocol` });
		if (read.length >= 4 + length) return read.subarray(4, 4 + length);
	}
	throw new Error(`${broker} closed the connection`);
}

/** Correlation id, error, count, then key, oldest and newest version of each request. */
function rangesOf(answered: Buffer, broker: string): ReadonlyMap<number, Range> {
	const count = answered.length < 10 ? 0 : answered.readInt32BE(6);
	if (count <= 0 || answered.length < 10 + 6 * count)
		throw busError('BUS_UNFIT', { cause: `what listens at ${broker} does not speak Kafka's protocol` });
	return new Map(
		Array.from({ length: count }, (_, index) => {
			const at = 10 + 6 * index;
			return [answered.readInt16BE(at), [answered.readInt16BE(at + 2), answered.readInt16BE(at + 4)]];
		}),
	);
}

// What work costs, read from the system and from the engines: nothing of the product counts itself.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mongoose';

/** Clock ticks of /proc/PID/stat in a second, as Linux has it on every machine that Node runs on. */
const ticksPerSecond = 100;

/** Processor time that a process used so far, all its threads together, in seconds (proc(5), utime and stime). */
export function cpuSeconds(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	// The name, in parentheses, may hold anything; what follows it begins with field 3.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process in MB. */
export function residentMb(pid: number): number {
	return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

/** The process of this machine that listens at a TCP port; undefined when there is none that may be looked at. */
export function listenerPid(port: number): number | undefined {
	const listening = '0A';
	const wanted = port.toString(16).toUpperCase().padStart(4, '0');
	const inodes = ['tcp', 'tcp6'].flatMap((table) =>
		readFileSync(`/proc/net/${table}`, 'utf8')
			.split('\n')
			.map((line) => line.trim().split(/\s+/))
			.flatMap(([, local, , state, , , , , , inode]) => (local?.endsWith(`:${wanted}`) && state === listening ? [inode] : [])),
	);
	const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
	const holds = (pid: string) => {
		try {
			return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
		} catch {
			// It ended, closed what was looked at, or is somebody else's.
			return false;
		}
	};
	const found = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && holds(entry));
	return found === undefined ? undefined : Number(found);
}

/** What engines have counted so far. */
export interface EngineCounts {
	/** Requests that MongoDB got, of every kind. */
	readonly mongoRequests: number;
	/** Bytes that MongoDB got and sent. */
	readonly mongoBytes: number;
	/** Records on topics that are not for dead letters. */
	readonly kafkaRecords: number;
}

/** Engines that are asked what they counted. */
export interface EngineCounters extends AsyncDisposable {
	/** Their processes, as far as they run on this machine. */
	readonly pids: ReadonlyMap<string, number>;
	read(): Promise<EngineCounts>;
}

/** @param kafkaBrokers the first is taken for the one of this machine */
export async function openEngineCounters(mongoUrl: string, kafkaBrokers: string): Promise<EngineCounters> {
	const connection = await createConnection(mongoUrl).asPromise();
	const kafka = new Kafka({ clientId: 'fefaent-bench', brokers: kafkaBrokers.split(','), logLevel: logLevel.ERROR });
	const status = async () => (await connection.getClient().db('admin').command({ serverStatus: 1 })) as ServerStatus;
	const kafkaPid = listenerPid(Number(/:(\d+)/.exec(kafkaBrokers)?.[1]));
	return {
		pids: new Map([['mongod', (await status()).pid], ...(kafkaPid === undefined ? [] : [['kafka', kafkaPid] as const])]),
		read: async () => {
			const offsets = await offsetsOf(kafka);
			const { network } = await status();
			return {
				mongoRequests: Number(network.numRequests),
				mongoBytes: Number(network.bytesIn) + Number(network.bytesOut),
				kafkaRecords: offsets.reduce((sum, { high }) => sum + Number(high), 0),
			};
		},
		[Symbol.asyncDispose]: async () => {
			await connection.close();
		},
	};
}

/** By a client of its own: one that has seen topics asks for them still when they are gone, with the installation that was measured before. */
async function offsetsOf(kafka: Kafka) {
	const admin = kafka.admin();
	await admin.connect();
	try {
		const topics = (await admin.listTopics()).filter((name) => !name.startsWith('__') && !name.endsWith('.dlq'));
		const offsets = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
		return offsets.flat();
	} finally {
		await admin.disconnect();
	}
}

interface ServerStatus {
	readonly pid: number;
	readonly network: { readonly numRequests: number; readonly bytesIn: number; readonly bytesOut: number };
}

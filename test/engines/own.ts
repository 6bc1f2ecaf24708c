// Engines of a test's own, which it may kill.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { works } from './start.ts';

/** One of the engines. */
export type Engine = 'kafka' | 'mongo';

/** A Kafka and a MongoDB of one node each that nobody else uses. */
export interface OwnEngines extends AsyncDisposable {
	readonly kafkaBrokers: string;
	readonly mongoUrl: string;
	/** Ends one by SIGKILL and starts it again on what it had on disk. */
	crash(engine: Engine): Promise<void>;
}

/** Whether this machine has what they are started by: Java and Maven, Python and pip. */
export function canStartEngines(): boolean {
	return works('java', '-version') && works('mvn', '-v') && works('python3', '-m', 'pip', '--version');
}

/**
 * Starts them. @param folder where they keep what they have
 * @param port the first of four in a row that are free
 * @param kafkaAdvertised the port that clients are told to reach Kafka at; default its own
 */
export async function startOwnEngines(folder: string, port: number, kafkaAdvertised?: number): Promise<OwnEngines> {
	const ports: Readonly<Record<Engine, number>> = { kafka: port, mongo: port + 2 };
	const run = async (engine: Engine, script: string, ...args: string[]): Promise<string> => {
		const env = { ...process.env, ...(kafkaAdvertised !== undefined && { ADVERTISED_PORT: String(kafkaAdvertised) }) };
		return (await promisify(execFile)(join(import.meta.dirname, engine, script), args, { env })).stdout.trim();
	};
	const up = (engine: Engine) => run(engine, 'up', join(folder, engine), String(ports[engine]));
	const stop = () => Promise.all((['kafka', 'mongo'] as const).map((engine) => run(engine, 'down', '--kill', join(folder, engine))));
	try {
		const [kafkaBrokers, mongoUrl] = await Promise.all([up('kafka'), up('mongo')]);
		return {
			kafkaBrokers,
			mongoUrl,
			crash: async (engine) => {
				await run(engine, 'down', '--kill', join(folder, engine));
				await up(engine);
			},
			[Symbol.asyncDispose]: async () => void (await stop()),
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

// Where the engines of a test run are, starting them when the environment names none.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a suite runs on. */
export interface Started {
	/** What it is found by. */
	readonly env: Readonly<Record<string, string>>;
	/** What it is and where, for people. */
	readonly what: string;
	/** Ends what was started here. */
	stop(): void;
}

/** Kafka and MongoDB to test on. */
export interface Engines extends Started {
	readonly env: {
		readonly KAFKA_BROKERS: string;
		readonly MONGO_URL: string;
		/** A listener with mutual TLS and SASL of the same broker, and the folder of its certificates. */
		readonly KAFKA_SECURE?: string;
		readonly KAFKA_SECURE_TLS?: string;
		/** A MongoDB besides that asks who comes and speaks TLS, and the folder of its authority's certificate. */
		readonly MONGO_SECURE?: string;
		readonly MONGO_SECURE_TLS?: string;
	};
	/** Where they come from, for people. */
	readonly from: string;
}

const here = import.meta.dirname;
const compose = ['compose', '-f', join(here, 'compose.yaml')];

/** Whether a command runs and succeeds. */
export const works = (command: string, ...args: string[]): boolean =>
	spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;

/** Kafka and MongoDB. @throws Error that says what is missing when there is no way to have them */
export function startEngines(): Engines {
	const { KAFKA_BROKERS, MONGO_URL } = process.env;
	if (KAFKA_BROKERS && MONGO_URL) return engines({ KAFKA_BROKERS, MONGO_URL }, 'the environment', () => {});
	if (works('docker', 'info')) return byDocker();
	return natively();
}

/** An object store that speaks S3. @throws Error that says what is missing when there is no way to have one */
export function startObjectStore(): Started {
	const { S3_URL } = process.env;
	const told = (url: string, from: string) => `an object store at ${new URL(url).host} (${from})`;
	if (S3_URL) return { env: { S3_URL }, what: told(S3_URL, 'the environment'), stop: () => {} };
	if (!works('go', 'version'))
		throw new Error('there is no object store to test on: set S3_URL=http://KEY:SECRET@host:port, or install Go 1.24');
	const folder = mkdtempSync(join(tmpdir(), 'fefaent-object-store-'));
	const stop = () => {
		run('minio', 'down', '--kill', folder);
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		const url = run('minio', 'up', folder, String(firstPort() + 5));
		return { env: { S3_URL: url }, what: told(url, 'MinIO, started for this run'), stop };
	} catch (error) {
		stop();
		throw error;
	}
}

/** Below the ephemeral range, where a client that reconnects cannot take the port of a server that is down. */
const firstPort = (): number => 20_000 + (process.pid % 1_000) * 10;

function run(engine: string, script: string, ...args: string[]): string {
	return execFileSync(join(here, engine, script), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 2] }).trim();
}

function engines(env: Engines['env'], from: string, stop: () => void): Engines {
	return { env, from, what: `Kafka at ${env.KAFKA_BROKERS} and MongoDB at ${env.MONGO_URL} (${from})`, stop };
}

function byDocker(): Engines {
	execFileSync('docker', [...compose, 'up', '-d', '--wait'], { stdio: ['ignore', 2, 2] });
	return engines(
		{ KAFKA_BROKERS: '127.0.0.1:19092', MONGO_URL: 'mongodb://127.0.0.1:19017/?replicaSet=rs0&directConnection=true' },
		'Docker',
		() => void execFileSync('docker', [...compose, 'down', '-v'], { stdio: 'ignore' }),
	);
}

function natively(): Engines {
	const missing = [
		...(works('openssl', 'version') ? [] : ['openssl']),
		...(works('java', '-version') ? [] : ['Java 17']),
		...(works('mvn', '-v') ? [] : ['Maven']),
		...(works('python3', '-m', 'pip', '--version') ? [] : ['Python 3 with pip']),
	];
	if (missing.length > 0)
		throw new Error(`there are no engines to test on: set KAFKA_BROKERS and MONGO_URL, or start Docker, or install ${missing.join(', ')}`);
	const folder = mkdtempSync(join(tmpdir(), 'fefaent-engines-'));
	const base = firstPort();
	const stop = () => {
		for (const engine of ['kafka', 'mongo']) run(engine, 'down', '--kill', join(folder, engine));
		run('mongo', 'down', '--kill', join(folder, 'mongo-secure'));
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		const env = {
			KAFKA_BROKERS: run('kafka', 'up', '--secure', join(folder, 'kafka'), String(base)),
			KAFKA_SECURE: `127.0.0.1:${base + 2}`,
			KAFKA_SECURE_TLS: join(folder, 'kafka/tls'),
			MONGO_URL: run('mongo', 'up', join(folder, 'mongo'), String(base + 3)),
			MONGO_SECURE: run('mongo', 'up', '--secure', join(folder, 'mongo-secure'), String(base + 4)),
			MONGO_SECURE_TLS: join(folder, 'mongo-secure/tls'),
		};
		return engines(env, 'this machine, started for this run', stop);
	} catch (error) {
		stop();
		throw error;
	}
}

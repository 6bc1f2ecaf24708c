// The two ways of running as a user starts them: `npm start`, and `fefaent up` on the engines that the environment names.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTopics } from '@fefaent/event-bus/kafka';
import { childService, removeMongoTestDatabases } from '@fefaent/testing';
import { freePorts } from '../../test/distributed/installation.ts';
import { adminCaller, startStandaloneProcess } from '../../test/support/process.ts';
import type { Target } from '../lives.ts';

/** What is measured. */
export interface Measured extends Target, AsyncDisposable {
	/** Its processes by name. */
	readonly pids: ReadonlyMap<string, number>;
	/** What it said so far. */
	output(): string;
}

/** Settings that both ways are measured with. */
export type Settings = Readonly<Record<string, string>>;

/** Everything in one process on embedded engines. */
export async function startStandalone(env: Settings = {}): Promise<Measured> {
	const dataDir = mkdtempSync(join(tmpdir(), 'fefaent-bench-'));
	const { child, ...rest } = await startStandaloneProcess({ dataDir, env });
	return {
		...rest,
		pids: new Map([['standalone', child.pid]]),
		output: child.output,
		[Symbol.asyncDispose]: async () => {
			child.kill('SIGTERM');
			await child.waitExit(60_000);
			rmSync(dataDir, { recursive: true, force: true });
		},
	};
}

/** One process per service. */
export async function startDistributed(env: Settings = {}): Promise<Measured> {
	const { KAFKA_BROKERS = '' } = process.env;
	const dataDir = mkdtempSync(join(tmpdir(), 'fefaent-bench-'));
	const prefix = `bench-${randomUUID().slice(0, 8)}.`;
	const base = await freePorts(32);
	const child = await childService({
		file: new URL('../../services/standalone/src/command/main.ts', import.meta.url).pathname,
		args: ['up', '--grpc-port', String(base), '--public-port', String(base + 12), '--admin-port', String(base + 13)],
		ready: /Fefaent is up: (\S+) \(admin (\S+)\)/,
		readyTimeoutMs: 120_000,
		env: {
			FEFAENT_DATA_DIR: dataDir,
			FEFAENT_KAFKA_PREFIX: prefix,
			FEFAENT_MONGO_DATABASE_PREFIX: prefix.replaceAll('.', '-'),
			...env,
		},
	});
	const [, publicUrl = '', adminUrl = ''] = child.ready ?? [];
	// The table of `fefaent up`: name, pid, addresses.
	const rows = child.output().matchAll(/^(notification|state-engine|evidence|notifier|callback|gateway) +(\d+) /gm);
	return {
		publicUrl,
		admin: adminCaller(adminUrl),
		pids: new Map([...rows].map(([, name = '', pid]) => [name, Number(pid)])),
		output: child.output,
		[Symbol.asyncDispose]: async () => {
			child.kill('SIGTERM');
			await child.waitExit(120_000);
			rmSync(dataDir, { recursive: true, force: true });
			await Promise.all([
				removeTopics({ brokers: KAFKA_BROKERS.split(','), clientId: 'fefaent-bench' }, prefix),
				removeMongoTestDatabases(prefix),
			]);
		},
	};
}

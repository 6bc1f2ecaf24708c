// `fefaent up` on the engines of the suite, as an operator starts it.
import { basename } from 'node:path';
import { removeTopics } from '@fefaent/event-bus/kafka';
import { type ChildService, childService, removeMongoTestDatabases, type TemporaryFolder } from '@fefaent/testing';
import { freePorts } from './installation.ts';

/** The file of the command. */
export const commandFile = new URL('../../services/standalone/src/command/main.ts', import.meta.url).pathname;

/** The command at work, and the processes that it started. */
export interface RunningUp extends AsyncDisposable {
	readonly child: ChildService;
	readonly adminUrl: string;
	/** The settings of this installation, for other commands. */
	readonly env: Readonly<Record<string, string>>;
	/** Process id of a service, that of its last start: the table says the first, the log each later one. */
	pidOf(service: string): number;
}

/** How it is started, besides its ports. */
export interface UpOptions {
	readonly args?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** Whether signals go to its whole process group, as those of a terminal do. */
	readonly group?: boolean;
}

/** Starts it, and waits until all is up. @param folder keeps its data, and names what it keeps on the engines, which is removed at the end */
export async function startUp(folder: TemporaryFolder, { args = [], env: more = {}, group = false }: UpOptions = {}): Promise<RunningUp> {
	const prefix = `${basename(folder.path)}.`;
	const base = await freePorts(8);
	const env = {
		FEFAENT_DATA_DIR: folder.join('data'),
		FEFAENT_MONGO_DATABASE_PREFIX: prefix.replaceAll('.', '-'),
		FEFAENT_KAFKA_PREFIX: prefix,
		FEFAENT_KAFKA_PARTITIONS: '3',
		...more,
	};
	const removeAll = async () => {
		await Promise.all([
			removeTopics({ brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'fefaent-test' }, prefix),
			removeMongoTestDatabases(prefix),
		]);
	};
	try {
		const child = await childService({
			file: commandFile,
			args: ['up', ...args, '--grpc-port', `${base}`, '--public-port', `${base + 6}`, '--admin-port', `${base + 7}`],
			env,
			group,
			ready: /Fefaent is up/,
			readyTimeoutMs: 120_000,
		});
		return {
			child,
			adminUrl: `http://127.0.0.1:${base + 7}`,
			env,
			pidOf: (service) => {
				const again = [...child.output().matchAll(new RegExp(`^${service} +\\| started again as process (\\d+)$`, 'gm'))].at(-1)?.[1];
				const first = new RegExp(`^${service} +(\\d+) `, 'm').exec(child.output())?.[1];
				return Number(again ?? first);
			},
			[Symbol.asyncDispose]: async () => {
				child.kill('SIGTERM');
				await child.waitExit(60_000);
				await removeAll();
			},
		};
	} catch (error) {
		await removeAll();
		throw error;
	}
}

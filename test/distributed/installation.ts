// An installation of one process per service on this machine, on the engines of the suite, its services calling each other over mutual TLS.
import { once } from 'node:events';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { removeTopics } from '@fefaent/event-bus/kafka';
import { type ChildService, childService, loggedCrashpoints, removeMongoTestDatabases, type TemporaryFolder } from '@fefaent/testing';
import { request } from 'undici';
import { makeTestCertificates } from '../../services/standalone/src/command/up/certificates.ts';
import { type PlannedProcess, planOf, serviceNames } from '../../services/standalone/src/command/up/plan.ts';

/** How a process ended, and what it said. */
export interface Ended {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly output: string;
}

/** The processes under test. */
export interface Installation extends AsyncDisposable {
	/** Names of the processes: the services, and the second of those that have two (`gateway-2`). */
	readonly names: readonly string[];
	/** Public addresses of the two gateways. */
	readonly publicUrls: readonly string[];
	/** Admin addresses of the two gateways. */
	readonly adminUrls: readonly string[];
	/** What the names of databases, topics and consumer groups begin with. */
	readonly prefixes: { readonly mongo: string; readonly kafka: string };
	/** Calls the admin API of a gateway, by default the first. */
	admin<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, gateway?: number): Promise<T>;
	/** Stops a process by SIGTERM, waits for its end, starts it again and waits until it is ready. @returns how it ended, and what it said */
	restart(name: string): Promise<Ended & { readonly downMs: number }>;
	/** Stops a process by SIGTERM, and waits for its end. */
	stop(name: string): Promise<Ended>;
	/** Starts a process that has ended, and waits until it is ready. */
	start(name: string): Promise<void>;
	/** Sends a signal: SIGKILL ends the process, SIGSTOP and SIGCONT hold it. */
	signal(name: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
	pid(name: string): number;
	/** Waits, for as long as it takes, for the end of a process that runs. */
	ended(name: string): Promise<Ended>;
	/** Has a process killed (SIGKILL) where it passes a crash point next, be it on the way up; undefined: nowhere. */
	arm(name: string, at: string | undefined): void;
	/** The crash points that a process has passed since this was asked last, or since it was started first. */
	passed(name: string): readonly string[];
	/** What the process of a service is told. */
	envOf(name: string): Readonly<Record<string, string>>;
	/** What every process said so far, also those that have ended. */
	output(): string;
}

/** What is started. */
export interface InstallationOptions {
	/** Processes of each service; there are two gateways in any case. Default 1. */
	readonly replicas?: 1 | 2;
	/** Whether there is a second gateway besides, where there is one process of each service. Default true. */
	readonly secondGateway?: boolean;
	/** Settings of every process. */
	readonly env?: Readonly<Record<string, string>>;
	/** Settings of some processes, by name: these win. */
	readonly envOf?: Readonly<Record<string, Readonly<Record<string, string>>>>;
	/** The engines; default those of the suite. */
	readonly engines?: { readonly kafkaBrokers: string; readonly mongoUrl: string };
	/** How a process reaches what it needs, where not as planned. */
	readonly routesOf?: (process: PlannedProcess) => Promise<Readonly<Record<string, string>>>;
	/** Whether processes can be told where to die: see {@link Installation.arm}. */
	readonly crash?: boolean;
	/** Called before each process is started for the first time; it has ended again when this is over. */
	readonly onFirstStart?: (installation: Pick<Installation, 'arm' | 'start' | 'stop' | 'ended'>, name: string) => Promise<void>;
}

const ports = { grpc: 0, public: 20, admin: 21, step: 10, count: 32 };

/** Starts it. @param folder names what it keeps on the engines, which is removed at the end */
export async function startInstallation(
	folder: TemporaryFolder,
	{
		replicas = 1,
		secondGateway = true,
		env: more = {},
		envOf = {},
		crash = false,
		engines,
		routesOf,
		onFirstStart,
	}: InstallationOptions = {},
): Promise<Installation> {
	const { KAFKA_BROKERS = '', MONGO_URL = '' } = process.env;
	const { kafkaBrokers, mongoUrl } = engines ?? { kafkaBrokers: KAFKA_BROKERS, mongoUrl: MONGO_URL };
	const prefix = `${basename(folder.path)}.`;
	const mongoPrefix = prefix.replaceAll('.', '-');
	const base = await freePorts(ports.count);
	const certificates = folder.join('tls');
	await makeTestCertificates(certificates, serviceNames);
	const where = { grpcPort: base + ports.grpc, publicPort: base + ports.public, adminPort: base + ports.admin };
	const plan = planOf({ replicas, ...where, mongoUrl, kafkaBrokers, certificates }, {});
	const gateway = plan.find(({ service }) => service === 'gateway') as PlannedProcess;
	const second: PlannedProcess = {
		service: 'gateway',
		name: 'gateway-2',
		env: {
			...gateway.env,
			FEFAENT_REPLICA: '2',
			FEFAENT_PUBLIC_PORT: String(where.publicPort + ports.step),
			FEFAENT_ADMIN_PORT: String(where.adminPort + ports.step),
		},
	};
	const planned = replicas === 1 && secondGateway ? [...plan, second] : plan;
	const armFile = (name: string) => folder.join(`crash-${name}`);
	const passedFile = (name: string) => folder.join(`passed-${name}`);
	const said: string[] = [];
	const running = new Map<string, ChildService>();

	const start = async ({ service, name, env }: PlannedProcess): Promise<void> => {
		const child = await childService({
			file: new URL(`../../services/${service}/src/main.ts`, import.meta.url).pathname,
			ready: / is ready: /,
			readyTimeoutMs: 90_000,
			env: {
				...env,
				FEFAENT_DATA_DIR: folder.join('data'),
				FEFAENT_MONGO_DATABASE_PREFIX: mongoPrefix,
				FEFAENT_KAFKA_PREFIX: prefix,
				FEFAENT_KAFKA_PARTITIONS: '3',
				...more,
				...(await routesOf?.({ service, name, env })),
				...envOf[name],
			},
			...(crash && { crash: { file: armFile(name), log: passedFile(name) } }),
		});
		running.set(name, child);
	};
	const startNamed = (name: string) => start(planned.find((process) => process.name === name) as PlannedProcess);
	const childOf = (name: string): ChildService => {
		const child = running.get(name);
		if (!child) throw new Error(`${name} does not run`);
		return child;
	};
	const ended = async (name: string, child: ChildService, withinMs = 40_000): Promise<Ended> => {
		const { code, signal } = await child.waitExit(withinMs);
		const output = child.output();
		// Several may wait for one end.
		if (running.get(name) === child) {
			said.push(output);
			running.delete(name);
		}
		return { code, signal, output };
	};
	const stop = (name: string): Promise<Ended> => {
		const child = childOf(name);
		child.kill('SIGTERM');
		return ended(name, child);
	};
	/** Waits as long as it takes. */
	const endOf = (name: string): Promise<Ended> => ended(name, childOf(name), 2 ** 31 - 1);
	const arm = (name: string, at: string | undefined): void => {
		if (at === undefined) {
			rmSync(armFile(name), { force: true });
			return;
		}
		// Whole from the moment that it is there.
		writeFileSync(`${armFile(name)}.new`, at);
		renameSync(`${armFile(name)}.new`, armFile(name));
	};
	const dispose = async () => {
		for (const child of running.values()) {
			child.kill('SIGCONT');
			child.kill('SIGTERM');
		}
		await Promise.allSettled([...running.values()].map((child) => child.waitExit(30_000).finally(() => child[Symbol.asyncDispose]())));
		// Engines of the test's own go with all that they have.
		if (engines) return;
		await Promise.all([
			removeTopics({ brokers: kafkaBrokers.split(','), clientId: 'fefaent-test' }, prefix),
			removeMongoTestDatabases(prefix),
		]);
	};

	try {
		// The first of each service makes what the others find: keys, schemas, topics.
		for (let first = 0; first < planned.length; first += serviceNames.length)
			await Promise.all(
				planned.slice(first, first + serviceNames.length).map(async (one) => {
					await onFirstStart?.({ arm, start: startNamed, stop, ended: endOf }, one.name);
					await start(one);
				}),
			);
	} catch (error) {
		await dispose();
		throw error;
	}
	const adminUrls = [0, ports.step].map((offset) => `http://127.0.0.1:${where.adminPort + offset}`);
	return {
		names: planned.map(({ name }) => name),
		publicUrls: [0, ports.step].map((offset) => `http://127.0.0.1:${where.publicPort + offset}`),
		adminUrls,
		prefixes: { mongo: mongoPrefix, kafka: prefix },
		admin: async (method, path, body, at = 0) => {
			const answer = await request(`${adminUrls[at]}${path}`, {
				method,
				...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
			});
			const text = await answer.body.text();
			if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
			return text === '' ? undefined : JSON.parse(text);
		},
		restart: async (name) => {
			const how = await stop(name);
			const started = performance.now();
			await startNamed(name);
			return { ...how, downMs: performance.now() - started };
		},
		stop,
		start: startNamed,
		signal: async (name, signal) => {
			const child = childOf(name);
			child.kill(signal);
			if (signal === 'SIGKILL') await ended(name, child);
		},
		pid: (name) => childOf(name).pid,
		ended: endOf,
		arm,
		passed: (name) => {
			const points = loggedCrashpoints(passedFile(name));
			rmSync(passedFile(name), { force: true });
			return points;
		},
		envOf: (name) => (planned.find((process) => process.name === name) as PlannedProcess).env,
		output: () => [...said, ...[...running.values()].map((child) => child.output())].join('\n'),
		[Symbol.asyncDispose]: dispose,
	};
}

/** The first of so many ports in a row on loopback that nobody listened on a moment ago, below those that the system hands out. */
export async function freePorts(count: number): Promise<number> {
	for (;;) {
		const base = 20_000 + Math.floor(Math.random() * 10_000);
		const servers = Array.from({ length: count }, () => createServer());
		const all = await Promise.allSettled(servers.map((server, index) => once(server.listen(base + index, '127.0.0.1'), 'listening')));
		await Promise.all(servers.filter((server) => server.listening).map((server) => new Promise((resolve) => server.close(resolve))));
		if (all.every(({ status }) => status === 'fulfilled')) return base;
	}
}

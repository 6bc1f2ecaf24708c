import { hostname } from 'node:os';
import { callers, type ServiceName } from '@fefaent/contracts/callers';
import { topics as ownTopics } from '@fefaent/contracts/events';
import { checkBrokers, type KafkaBus, type KafkaConnection, migrateTopics, namespacedTopics, openKafkaBus } from '@fefaent/event-bus/kafka';
import { type Clock, systemClock } from '@fefaent/kernel';
import {
	type Config,
	type ConfigSchema,
	combineReports,
	createLogger,
	type Env,
	type HealthReport,
	isLoopbackHost,
	type Logger,
	openTlsFolder,
	readConfig,
	refusalOf,
	runUntilStopped,
	type SandboxControl,
	type Service,
	ServiceGroup,
	sandboxControl,
	serveGrpc,
	startTelemetry,
	type TimedWork,
	unknownSettings,
} from '@fefaent/service-kit';
import { type RemoteClients, remoteClients } from './clients.ts';
import { type ProcessConfig, processConfig } from './config.ts';
import { kafkaSecurityOf, mongoUrlOf } from './engines.ts';
import { openHealthPage } from './health-page.ts';
import { KafkaHealth } from './kafka-health.ts';
import { refuseAhead } from './sandbox/mark.ts';
import { SharedSandbox } from './sandbox/sandbox.ts';
import { type Wait, waitFor } from './waiting.ts';

/** What a service is made with when it has a process of its own. */
export interface ProcessContext<S extends ConfigSchema> {
	readonly config: Config<S>;
	readonly process: ProcessConfig;
	readonly clock: Clock;
	readonly logger: Logger;
	/** This replica, as no other of its service calls itself. */
	readonly ownerId: string;
	/** The service's own database. */
	readonly mongo: { readonly url: string; readonly database: string };
	readonly bus: KafkaBus;
	readonly clients: RemoteClients;
	/** Undefined where time cannot be moved. */
	readonly sandbox: SandboxControl | undefined;
	/** Told of what goes wrong behind a caller's back, and where. */
	readonly onError: (error: unknown, where: string) => void;
}

/** A service, made. */
export interface MadeService {
	/** In the order in which they start. */
	readonly services: readonly Service[];
	/** Brings the store's schema up to date; tried until it works. */
	readonly prepare: () => Promise<void>;
	/** What it needs besides MongoDB and Kafka, by name; each is tried until it works. */
	readonly further?: readonly { readonly what: string; readonly prepare: () => Promise<void> }[];
	/** Lets go of what it was made with besides, once its services have stopped. */
	readonly close?: () => void;
	/** What to tell whoever reads the first lines of the log. */
	readonly addresses?: () => Readonly<Record<string, string>>;
}

/** A service's process. */
export interface ServiceProcess<S extends ConfigSchema> {
	readonly name: ServiceName;
	readonly config: S;
	readonly make: (context: ProcessContext<S>) => MadeService | Promise<MadeService>;
}

/**
 * Runs one service in this process, by settings from the environment only, until it is told to stop. It answers probes from the first moment, waits
 * for its engines in whatever order they come, and is ready when it can do its work. Never returns.
 */
export async function runService<S extends ConfigSchema>(definition: ServiceProcess<S>, env: Env = process.env): Promise<never> {
	const { name } = definition;
	try {
		const shared = readConfig(processConfig, env);
		const own = readConfig(definition.config, env);
		const logger = createLogger({ service: name, level: shared.FEFAENT_LOG_LEVEL, destination: 2 });
		for (const { name: unknown, meant } of unknownSettings([processConfig, definition.config], env))
			if (meant !== undefined) logger.warn({ setting: unknown, meant }, 'no such setting');
		const opened = new AsyncDisposableStack();
		const stopping = new AbortController();
		return await runUntilStopped({
			logger,
			timeoutMs: shared.FEFAENT_STOP_TIMEOUT,
			onStopping: () => stopping.abort(),
			start: async () => {
				try {
					const ready = await start(definition, own, shared, logger, opened, stopping.signal);
					const told = Object.entries(ready).map(([what, where]) => `${what} ${where}`);
					process.stdout.write(`${name} is ready: ${told.join(', ')}\n`);
				} catch (error) {
					if (!stopping.signal.aborted) refuse(name, error);
				}
			},
			stop: () => opened.disposeAsync(),
		});
	} catch (error) {
		return refuse(name, error);
	}
}

/** The processes of a whole installation: time moves for all of them. */
const sandboxServices = Object.keys(callers);

/** A halt is a round through all processes: fewer than in one process. */
const exactHalts = 50;

/** What the operator can mend is told in plain words, with the exit code of wrong settings. */
function refuse(name: string, error: unknown): never {
	const told = refusalOf(error);
	if (told === undefined) throw error;
	process.stderr.write(`${name} cannot start: ${told}\n`);
	process.exit(2);
}

async function start<S extends ConfigSchema>(
	{ name, make }: ServiceProcess<S>,
	config: Config<S>,
	shared: ProcessConfig,
	logger: Logger,
	opened: AsyncDisposableStack,
	signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
	const telemetry = await startTelemetry({ service: `fefaent-${name}`, endpoint: shared.OTEL_EXPORTER_OTLP_ENDPOINT });
	opened.defer(() => telemetry.stop());

	let waits: readonly Wait[] = [{ what: 'start' }];
	let services: readonly Service[] = [];
	let kafkaHealth: KafkaHealth | undefined;
	const readiness = async (): Promise<HealthReport> => {
		if (signal.aborted) return { ready: false, checks: [{ name: 'process', ok: false, reason: 'stopping' }] };
		const [first] = waits;
		if (first) return { ready: false, checks: [{ name: first.what, ok: false, reason: first.reason ?? 'waiting' }] };
		const reports = await Promise.all(services.map(async (one) => [one.name, await one.readiness()] as const));
		const report = combineReports(Object.fromEntries(reports));
		return kafkaHealth?.in(report) ?? report;
	};
	const page = await openHealthPage({ host: shared.FEFAENT_HEALTH_HOST, port: shared.FEFAENT_HEALTH_PORT, readiness });
	opened.defer(() => page.close());

	const onError = (error: unknown, where: string) =>
		logger.error({ err: error, where }, 'something failed in the background; it is tried again');
	const replica = shared.FEFAENT_REPLICA ?? hostname();
	const connection: KafkaConnection = {
		brokers: shared.FEFAENT_KAFKA_BROKERS,
		clientId: `fefaent-${name}-${replica}`,
		logger,
		...kafkaSecurityOf(shared),
	};
	if (connection.sasl?.mechanism === 'plain' && connection.ssl === undefined)
		logger.warn({ brokers: connection.brokers }, 'the password for Kafka goes over the network in the clear: set FEFAENT_KAFKA_TLS');
	const prefix = shared.FEFAENT_KAFKA_PREFIX;
	const sessionTimeoutMs = shared.FEFAENT_KAFKA_SESSION_TIMEOUT;
	const ownerId = `${name}/${replica}`;
	const mongo = { url: mongoUrlOf(shared), database: `${shared.FEFAENT_MONGO_DATABASE_PREFIX}${name}` };
	const sandbox = shared.FEFAENT_SANDBOX
		? new SharedSandbox({
				url: mongo.url,
				database: `${shared.FEFAENT_MONGO_DATABASE_PREFIX}sandbox`,
				serviceDatabase: mongo.database,
				service: name,
				owner: ownerId,
				services: sandboxServices,
				onError,
			})
		: undefined;
	opened.defer(() => sandbox?.close());
	const clock = sandbox?.time ?? systemClock;
	const topics = namespacedTopics(prefix, ownTopics);
	const heartbeatMs = Math.min(1_000, sessionTimeoutMs / 3);
	const bus = openKafkaBus({ connection, topics: ownTopics, prefix, clock, onError, sessionTimeoutMs, heartbeatMs });
	opened.defer(() => bus.close());
	const tls = await openTls(name, shared, logger);
	opened.defer(() => tls?.close());
	const clients = remoteClients(name, shared, tls);
	opened.defer(() => {
		for (const client of Object.values(clients)) client.close();
	});
	const control = sandbox && sandboxControl({ clock: sandbox.clock, bus, services: sandbox.everyone, exactHalts });
	const made = await make({ config, process: shared, clock, logger, ownerId, mongo, bus, clients, sandbox: control, onError });
	opened.defer(() => made.close?.());
	services = made.services;

	const mongoWait: Wait = { what: 'MongoDB' };
	const kafkaWait: Wait = { what: 'Kafka' };
	const further = (made.further ?? []).map(({ what, prepare }) => ({ wait: { what } as Wait, prepare }));
	waits = [mongoWait, ...further.map(({ wait }) => wait), kafkaWait];
	await waitFor(mongoWait, sandbox ? () => sandbox.join() : () => refuseAhead(mongo), logger, signal);
	await waitFor(mongoWait, made.prepare, logger, signal);
	for (const { wait, prepare } of further) {
		waits = waits.slice(1);
		await waitFor(wait, prepare, logger, signal);
	}
	waits = [kafkaWait];
	const { differences } = await waitFor(
		kafkaWait,
		async () => {
			await checkBrokers(connection);
			return migrateTopics({
				connection,
				topics,
				partitions: shared.FEFAENT_KAFKA_PARTITIONS,
				replicationFactor: shared.FEFAENT_KAFKA_REPLICATION,
				retentionMs: shared.FEFAENT_KAFKA_RETENTION,
				minInsyncReplicas: Math.max(1, shared.FEFAENT_KAFKA_REPLICATION - 1),
			});
		},
		logger,
		signal,
	);
	const health = new KafkaHealth({ ping: () => bus.ping() });
	kafkaHealth = health;
	opened.defer(() => health.close());
	for (const difference of differences) logger.warn({ difference }, 'a topic is not as the settings want it; it is left as it is');

	for (const service of services) {
		// Stopped in reverse order, also one whose start fails half way.
		opened.defer(() => service.stop());
		await service.start();
	}
	sandbox?.began(workOf(services));
	opened.defer(() => sandbox?.ended());
	const bindings = services.flatMap((service) => service.rpc);
	const addresses: Record<string, string> = { health: `http://${shared.FEFAENT_HEALTH_HOST}:${page.port}` };
	waits = [];
	if (bindings.length > 0) {
		const { readDescriptorSet } = await import('@fefaent/contracts/descriptors');
		const server = await serveGrpc(bindings, {
			host: shared.FEFAENT_GRPC_HOST,
			port: shared.FEFAENT_GRPC_PORT,
			logger,
			health: { readiness },
			descriptorSet: readDescriptorSet(),
			tls,
			callers: callers[name],
		});
		opened.defer(() => server.stop());
		addresses.grpc = `${shared.FEFAENT_GRPC_HOST}:${server.port}`;
	}
	return { ...addresses, ...made.addresses?.() };
}

/** The certificates for calls between services; none where calls go in the clear, which is said where others could listen. */
async function openTls(name: string, { FEFAENT_TLS_FOLDER: path, FEFAENT_GRPC_HOST: host }: ProcessConfig, logger: Logger) {
	if (path !== undefined) return openTlsFolder({ path, name, logger });
	if (!isLoopbackHost(host))
		logger.warn({ host }, 'calls between services are neither encrypted nor proved to be theirs: set FEFAENT_TLS_FOLDER');
	return undefined;
}

/** What the services of this process have to do. */
function workOf(services: readonly Service[]): TimedWork {
	const group = new ServiceGroup();
	for (const service of services) group.add(service);
	return group;
}

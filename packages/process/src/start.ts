import { callers } from '@fefaent/contracts/callers';
import { topics } from '@fefaent/contracts/events';
import { checkBrokers, type KafkaConnection, migrateTopics, namespacedTopics } from '@fefaent/event-bus/kafka';
import {
	type Config,
	type ConfigSchema,
	combineReports,
	ensureFreePort,
	type HealthReport,
	type Logger,
	type Service,
	ServiceGroup,
	serveGrpc,
	startTelemetry,
	type TimedWork,
} from '@fefaent/service-kit';
import type { ProcessConfig } from './config.ts';
import type { ServiceProcess } from './definition.ts';
import { openHealthPage } from './health-page.ts';
import { KafkaHealth } from './kafka-health.ts';
import { refuseAhead } from './sandbox/mark.ts';
import { type Wait, waitFor } from './waiting.ts';
import { wire } from './wiring.ts';

/** What a process is started with. */
export interface Starting<S extends ConfigSchema> {
	readonly definition: ServiceProcess<S>;
	readonly config: Config<S>;
	readonly shared: ProcessConfig;
	readonly logger: Logger;
	/** Gets what stops each part that was started, also when the start fails. */
	readonly opened: AsyncDisposableStack;
	/** Aborted when the process is told to stop. */
	readonly signal: AbortSignal;
}

/**
 * Starts the service of a process, once its engines are there: what it listens on, its connections, its store's schema, topics, and last of all its work.
 * @returns its addresses, by what they are
 */
export async function start<S extends ConfigSchema>(starting: Starting<S>): Promise<Readonly<Record<string, string>>> {
	const { definition, config, shared, logger, opened, signal } = starting;
	const { name, make } = definition;
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

	const { context, kafka, sandbox, tls } = await wire(name, shared, logger, opened);
	const made = await make({ config, process: shared, logger, ...context });
	opened.defer(() => made.close?.());
	services = made.services;
	const bindings = services.flatMap((service) => service.rpc);
	// Calls are let in at the very end; that they cannot be is told before anything is begun.
	if (bindings.length > 0) await ensureFreePort(shared.FEFAENT_GRPC_HOST, shared.FEFAENT_GRPC_PORT);

	const mongoWait: Wait = { what: 'MongoDB' };
	const kafkaWait: Wait = { what: 'Kafka' };
	const further = (made.further ?? []).map(({ what, prepare }) => ({ wait: { what } as Wait, prepare }));
	waits = [mongoWait, ...further.map(({ wait }) => wait), kafkaWait];
	await waitFor(mongoWait, sandbox ? () => sandbox.join() : () => refuseAhead(context.mongo), logger, signal);
	await waitFor(mongoWait, made.prepare, logger, signal);
	for (const { wait, prepare } of further) {
		waits = waits.slice(1);
		await waitFor(wait, prepare, logger, signal);
	}
	waits = [kafkaWait];
	const differences = await waitFor(kafkaWait, () => prepareKafka(kafka, shared), logger, signal);
	for (const difference of differences) logger.warn({ difference }, 'a topic is not as the settings want it; it is left as it is');
	const health = new KafkaHealth({ ping: () => context.bus.ping() });
	kafkaHealth = health;
	opened.defer(() => health.close());

	for (const service of services) {
		// Stopped in reverse order, also one whose start fails half way.
		opened.defer(() => service.stop());
		await service.start();
	}
	sandbox?.began(workOf(services));
	opened.defer(() => sandbox?.ended());
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

/** Checks the brokers and makes what is missing. @returns how topics differ from what the settings want */
async function prepareKafka(connection: KafkaConnection, shared: ProcessConfig): Promise<readonly string[]> {
	await checkBrokers(connection);
	const { differences } = await migrateTopics({
		connection,
		topics: namespacedTopics(shared.FEFAENT_KAFKA_PREFIX, topics),
		partitions: shared.FEFAENT_KAFKA_PARTITIONS,
		replicationFactor: shared.FEFAENT_KAFKA_REPLICATION,
		retentionMs: shared.FEFAENT_KAFKA_RETENTION,
		minInsyncReplicas: Math.max(1, shared.FEFAENT_KAFKA_REPLICATION - 1),
	});
	return differences;
}

/** What the services of this process have to do. */
function workOf(services: readonly Service[]): TimedWork {
	const group = new ServiceGroup();
	for (const service of services) group.add(service);
	return group;
}

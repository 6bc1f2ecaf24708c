import { hostname } from 'node:os';
import { callers, type ServiceName } from '@fefaent/contracts/callers';
import { topics } from '@fefaent/contracts/events';
import { type KafkaConnection, openKafkaBus } from '@fefaent/event-bus/kafka';
import { systemClock } from '@fefaent/kernel';
import { isLoopbackHost, type Logger, openTlsFolder, sandboxControl, type TlsFolder } from '@fefaent/service-kit';
import { remoteClients } from './clients.ts';
import type { ProcessConfig } from './config.ts';
import type { ProcessContext } from './definition.ts';
import { kafkaSecurityOf, mongoUrlOf } from './engines.ts';
import { SharedSandbox } from './sandbox/sandbox.ts';

/** What every service's process is connected by. Nothing of it has been reached yet. */
export interface Wiring {
	/** What the service is made with. */
	readonly context: Omit<ProcessContext<Record<never, never>>, 'config' | 'process' | 'logger'>;
	readonly kafka: KafkaConnection;
	/** Undefined where time cannot be moved. */
	readonly sandbox: SharedSandbox | undefined;
	/** Undefined where calls between services go in the clear. */
	readonly tls: TlsFolder | undefined;
}

/** A halt is a round through all processes: fewer than in one process. */
const exactHalts = 50;

/** Makes it. @param opened gets what closes each part of it */
export async function wire(name: ServiceName, shared: ProcessConfig, logger: Logger, opened: AsyncDisposableStack): Promise<Wiring> {
	const onError = (error: unknown, where: string) =>
		logger.error({ err: error, where }, 'something failed in the background; it is tried again');
	const replica = shared.FEFAENT_REPLICA ?? hostname();
	const ownerId = `${name}/${replica}`;
	const mongo = { url: mongoUrlOf(shared), database: `${shared.FEFAENT_MONGO_DATABASE_PREFIX}${name}` };
	const kafka: KafkaConnection = {
		brokers: shared.FEFAENT_KAFKA_BROKERS,
		clientId: `fefaent-${name}-${replica}`,
		logger,
		...kafkaSecurityOf(shared),
	};
	if (kafka.sasl?.mechanism === 'plain' && kafka.ssl === undefined)
		logger.warn({ brokers: kafka.brokers }, 'the password for Kafka goes over the network in the clear: set FEFAENT_KAFKA_TLS');

	const sandbox = shared.FEFAENT_SANDBOX
		? new SharedSandbox({
				url: mongo.url,
				database: `${shared.FEFAENT_MONGO_DATABASE_PREFIX}sandbox`,
				serviceDatabase: mongo.database,
				service: name,
				owner: ownerId,
				// Time moves for the processes of a whole installation.
				services: Object.keys(callers),
				onError,
			})
		: undefined;
	opened.defer(() => sandbox?.close());
	const clock = sandbox?.time ?? systemClock;
	const sessionTimeoutMs = shared.FEFAENT_KAFKA_SESSION_TIMEOUT;
	const heartbeatMs = Math.min(1_000, sessionTimeoutMs / 3);
	const prefix = shared.FEFAENT_KAFKA_PREFIX;
	const bus = openKafkaBus({ connection: kafka, topics, prefix, clock, onError, sessionTimeoutMs, heartbeatMs });
	opened.defer(() => bus.close());
	const tls = await openTls(name, shared, logger);
	opened.defer(() => tls?.close());
	const clients = remoteClients(name, shared, tls);
	opened.defer(() => {
		for (const client of Object.values(clients)) client.close();
	});
	const control = sandbox && sandboxControl({ clock: sandbox.clock, bus, services: sandbox.everyone, exactHalts });
	return { context: { clock, ownerId, mongo, bus, clients, sandbox: control, onError }, kafka, sandbox, tls };
}

/** The certificates for calls between services; none where calls go in the clear, which is said where others could listen. */
async function openTls(name: string, { FEFAENT_TLS_FOLDER: path, FEFAENT_GRPC_HOST: host }: ProcessConfig, logger: Logger) {
	if (path !== undefined) return openTlsFolder({ path, name, logger });
	if (!isLoopbackHost(host))
		logger.warn({ host }, 'calls between services are neither encrypted nor proved to be theirs: set FEFAENT_TLS_FOLDER');
	return undefined;
}

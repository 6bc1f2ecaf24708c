// What the suites that span services run on: embedded engines and calls in process, or, in the suite of engines, Kafka, MongoDB and gRPC.
import { basename } from 'node:path';
import { callers, type ServiceName } from '@fefaent/contracts/callers';
import { topics } from '@fefaent/contracts/events';
import { type EventBus, openEmbeddedBus } from '@fefaent/event-bus';
import { migrateTopics, namespacedTopics, openKafkaBus, removeTopics } from '@fefaent/event-bus/kafka';
import { type EvidenceStore, openSqliteEvidenceStore } from '@fefaent/evidence';
import { openMongoEvidenceStore } from '@fefaent/evidence/mongo';
import { type DirectoryStore, openSqliteGatewayStore } from '@fefaent/gateway';
import { openMongoGatewayStore } from '@fefaent/gateway/mongo';
import type { Clock } from '@fefaent/kernel';
import { type BlobStore, type NotificationStore, openFolderBlobs, openSqliteNotificationStore } from '@fefaent/notification';
import { openMongoNotificationStore } from '@fefaent/notification/mongo';
import {
	grpcClient,
	inProcessClient,
	type RpcBinding,
	type RpcClient,
	type Service,
	type ServiceDefinition,
	serveGrpc,
	silentLogger,
} from '@fefaent/service-kit';
import { openSqliteStateEngineStore, type StateEngineStore } from '@fefaent/state-engine';
import { openMongoStateEngineStore } from '@fefaent/state-engine/mongo';
import { removeMongoTestDatabases, type TemporaryFolder } from '@fefaent/testing';

/** Engines of one world. */
export interface TestEngines {
	readonly bus: EventBus;
	notification(): Promise<{ readonly store: NotificationStore; readonly blobs: BlobStore }>;
	evidence(): Promise<EvidenceStore>;
	stateEngine(): Promise<StateEngineStore>;
	gateway(): Promise<DirectoryStore>;
	/**
	 * What a started service is called by, with messages encoded as on a network.
	 * @param caller the service that calls: on a network it is let in where the product's own table says so; default the test, which may call anything
	 */
	client<D extends ServiceDefinition>(definition: D, service: Service, caller?: string): Promise<RpcClient<D>>;
	/** Closes the bus and the connections; stores are closed by their services. */
	close(): Promise<void>;
}

/** How services call each other. */
export interface Calls {
	/** Largest message in bytes; default as the transport's. */
	readonly maxMessageBytes?: number;
}

/** What a world needs besides. */
export interface TestEnginesOptions {
	/** Consumer groups of the test's own. */
	readonly groups?: readonly string[];
	readonly calls?: Calls;
}

const callOptions = { defaultDeadlineMs: 20_000 };
const { KAFKA_BROKERS: brokers, MONGO_URL: mongoUrl, FEFAENT_TEST_SUITE: suite } = process.env;
const distributed = suite?.startsWith('engines') === true;

/** How long to wait for what must come, in milliseconds: real engines on a busy machine take their time. */
export const patienceMs = distributed ? 60_000 : 15_000;

const onError = (error: unknown, where: string) => process.emitWarning(`${where}: ${String(error)}`);

/** Opens the engines of a world, which finds what it left behind by its folder. */
export function openTestEngines(folder: TemporaryFolder, clock: Clock, options: TestEnginesOptions = {}): Promise<TestEngines> {
	return distributed ? openDistributed(folder, clock, options) : openEmbedded(folder, clock, options);
}

/** Removes what a world left outside its folder. */
export async function removeTestEngines(folder: TemporaryFolder): Promise<void> {
	if (!distributed) return;
	const prefix = prefixOf(folder);
	await Promise.all([removeTopics(connection, prefix), removeMongoTestDatabases(prefix)]);
}

const connection = { brokers: (brokers ?? '').split(','), clientId: 'fefaent-test' };
const prefixOf = (folder: TemporaryFolder) => `${basename(folder.path)}.`;

async function openEmbedded(folder: TemporaryFolder, clock: Clock, { calls }: TestEnginesOptions): Promise<TestEngines> {
	const bus = openEmbeddedBus({ path: folder.join('bus.db'), clock, retentionMs: 3_600_000 });
	return {
		bus,
		notification: async () => ({
			store: openSqliteNotificationStore({ path: folder.join('notification.db') }),
			blobs: openFolderBlobs(folder.join('blobs')),
		}),
		evidence: async () => openSqliteEvidenceStore({ path: folder.join('evidence.db') }),
		stateEngine: async () => openSqliteStateEngineStore({ path: folder.join('state-engine.db') }),
		gateway: async () => openSqliteGatewayStore({ path: folder.join('gateway.db') }),
		client: async (definition, service, caller = 'test') =>
			inProcessClient(bindingOf(definition, service), { ...callOptions, ...calls, caller, serialise: true }),
		close: () => bus.close(),
	};
}

async function openDistributed(folder: TemporaryFolder, clock: Clock, { groups = [], calls }: TestEnginesOptions): Promise<TestEngines> {
	const prefix = prefixOf(folder);
	const mongo = (name: string) => ({ url: mongoUrl ?? '', database: `${prefix.replaceAll('.', '-')}${name}`, owner: 'test', onError });
	const plan = topics.map((topic) => ({ name: topic.name, groups: [...topic.groups, ...groups] }));
	const made = namespacedTopics(prefix, plan);
	await migrateTopics({ connection, topics: made, partitions: 3, replicationFactor: 1, retentionMs: -1, minInsyncReplicas: 1 });
	const times = { heartbeatMs: 200, sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 6_000, maxWaitMs: 50 };
	const bus = openKafkaBus({ connection, topics: plan, prefix, clock, onError, ...times });
	const opened = new AsyncDisposableStack();
	opened.defer(() => bus.close());
	return {
		bus,
		notification: async () => {
			const store = await prepared(openMongoNotificationStore(mongo('notification')));
			return { store, blobs: store.blobs };
		},
		evidence: () => prepared(openMongoEvidenceStore(mongo('evidence'))),
		stateEngine: () => prepared(openMongoStateEngineStore(mongo('state-engine'))),
		gateway: () => prepared(openMongoGatewayStore(mongo('gateway'))),
		client: async (definition, service, caller = 'test') => {
			const server = await serveGrpc([bindingOf(definition, service)], {
				host: '127.0.0.1',
				port: 0,
				logger: silentLogger,
				health: service,
				...(caller !== 'test' && { callers: callers[service.name as ServiceName] }),
			});
			opened.defer(() => server.stop());
			const client = grpcClient(definition, { ...callOptions, ...calls, caller, address: `127.0.0.1:${server.port}`, waitForReady: true });
			opened.defer(() => client.close());
			return client;
		},
		close: () => opened.disposeAsync(),
	};
}

async function prepared<S extends { prepare(): Promise<void> }>(store: S): Promise<S> {
	await store.prepare();
	return store;
}

function bindingOf<D extends ServiceDefinition>(_: D, service: Service): RpcBinding<D> {
	return service.rpc[0] as unknown as RpcBinding<D>;
}

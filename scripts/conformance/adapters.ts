/** An adapter of a port, and where its port's named cases are run on it. */
export interface Adapter {
	readonly port: string;
	readonly name: string;
	/** A suite of vitest.config.ts. */
	readonly suite: 'fast' | 'engines' | 's3';
	/** Path of the test file, from the root of the checkout. */
	readonly file: string;
	/** Names of the groups that hold the cases, the outermost first. */
	readonly group: readonly string[];
	/** Cases of its port that mean nothing to it; any other that it lacks is a failure. */
	readonly spared?: readonly string[];
}

/** Where messages are handed over as they are. */
const ofSerialising = [
	'copies messages',
	'refuses a request that is too large, before the handler sees it',
	'refuses an answer that is too large',
	'answers INTERNAL to an answer that cannot be written',
];

/** Where nobody listens. */
const ofServers = [
	'tells the health of each service as readiness does',
	'starts as not serving while not ready',
	'lists its services by reflection',
	'finishes a running call before it stops, and takes no other',
];

const stores = (service: string, folder: string, sqlite: readonly string[], mongo: readonly string[]): readonly Adapter[] => [
	{ port: `store: ${service}`, name: 'SQLite', suite: 'fast', file: `services/${service}/src/${folder}/sqlite.test.ts`, group: sqlite },
	{
		port: `store: ${service}`,
		name: 'MongoDB',
		suite: 'engines',
		file: `services/${service}/src/${folder}/mongo/store.engines.test.ts`,
		group: mongo,
	},
];

/** Every adapter of every port. */
export const adapters: readonly Adapter[] = [
	{
		port: 'bus',
		name: 'embedded',
		suite: 'fast',
		file: 'packages/event-bus/src/embedded/conformance.test.ts',
		group: ['the embedded bus'],
	},
	{
		port: 'bus',
		name: 'Kafka',
		suite: 'engines',
		file: 'packages/event-bus/src/kafka/conformance.engines.test.ts',
		group: ['the bus on Kafka'],
	},
	...stores('notification', 'store', ['notification store: SQLite'], ['MongoDB', 'notification store: MongoDB']),
	...stores('state-engine', 'store', ['state-engine store: SQLite'], ['MongoDB', 'state-engine store: MongoDB']),
	...stores('evidence', 'store', ['evidence store: SQLite'], ['MongoDB', 'evidence store: MongoDB']),
	...stores('gateway', 'directory', ['directory store: SQLite'], ['MongoDB', 'directory store: MongoDB']),
	...stores('notifier', 'store', ['SQLite'], ['MongoDB', 'store']),
	{
		port: 'store: notifier, replicas',
		name: 'MongoDB',
		suite: 'engines',
		file: 'services/notifier/src/store/mongo/store.engines.test.ts',
		group: ['MongoDB', 'two replicas'],
	},
	...stores('callback', 'store', ["SQLite keeps the store's contract"], ['MongoDB', "MongoDB keeps the store's contract"]),
	...stores(
		'callback',
		'store',
		["SQLite keeps the store's contract with two replicas"],
		['MongoDB', "MongoDB keeps the store's contract with two replicas"],
	).map((adapter) => ({ ...adapter, port: `${adapter.port}, replicas` })),
	...(
		[
			['in process', 'in-process', [...ofSerialising, ...ofServers]],
			['in process, serialised', 'in-process', ofServers],
			['grpc', 'grpc', []],
		] as const
	).map(([name, file, spared]) => ({
		port: 'rpc',
		name,
		suite: 'fast' as const,
		file: `packages/service-kit/src/rpc/${file}.conformance.test.ts`,
		group: [`rpc over ${name}`],
		spared,
	})),
	{ port: 'blobs', name: 'folder', suite: 'fast', file: 'services/notification/src/blobs/folder.test.ts', group: ['blob store: folder'] },
	{
		port: 'blobs',
		name: 'GridFS',
		suite: 'engines',
		file: 'services/notification/src/blobs/gridfs.engines.test.ts',
		group: ['MongoDB', 'blob store: GridFS'],
	},
	{ port: 'blobs', name: 'S3', suite: 's3', file: 'services/notification/src/blobs/s3.s3.test.ts', group: ['S3', 'blob store: S3'] },
];

import { type Connection, type ConnectOptions, createConnection, type Model, Schema } from 'mongoose';
import { storeError } from '../errors.ts';
import { mongoFailure, refusalOf } from './failures.ts';
import { type MongoMigration, migrateMongo, refusedField } from './migrate.ts';
import { checkServer } from './requirements.ts';
import { checkSchema } from './schema-check.ts';

/** How a database is reached. */
export interface MongoOptions {
	/** `mongodb://` or `mongodb+srv://`; credentials and TLS as the URL says them. */
	readonly url: string;
	/** The service's own database; nobody else opens it. */
	readonly database: string;
	/** Names it in errors. */
	readonly name: string;
	readonly migrations: readonly MongoMigration[];
	/** Most connections at once. Default 50. */
	readonly maxPoolSize?: number;
	/** How long an operation looks for a server before it fails, in milliseconds. Default 5,000. */
	readonly selectionTimeoutMs?: number;
}

/** The paths of a schema, by name: a type (`String`), or mongoose's options of a path. */
export type SchemaPaths = Readonly<Record<string, unknown>>;

/** One service's database. */
export interface MongoDatabase {
	readonly name: string;
	readonly connection: Connection;
	/** A collection of documents `T` under a strict schema: what the paths do not name is refused, never dropped. */
	model<T>(collection: string, paths: SchemaPaths): Model<T>;
	/**
	 * Runs an operation, with the driver's errors in the store's own words.
	 * @throws `STORE_UNREACHABLE`, `STORE_WRITE_FAILED`; what the operation itself throws
	 */
	run<T>(operation: () => Promise<T>): Promise<T>;
	/**
	 * Checks that the server is fit and brings the schema up to date: once, before anything else. Safe in several processes at once.
	 * @throws `STORE_UNREACHABLE`, `STORE_UNFIT`, and what a migration throws
	 */
	prepare(): Promise<void>;
	/** @throws `STORE_UNREACHABLE` */
	ping(): Promise<void>;
	close(): Promise<void>;
}

/**
 * Opens a service's database. It connects by itself and again after every loss; operations wait for a server as long as `selectionTimeoutMs`.
 * Writes are journaled by a majority and reads see only what a majority has, so nothing that was answered is taken back by a new primary.
 */
export function openMongo(options: MongoOptions): MongoDatabase {
	const { name } = options;
	const connectOptions: ConnectOptions = {
		dbName: options.database,
		appName: `fefaent-${name}`,
		// Collections and indexes are made by migrations, not by whoever comes first.
		autoCreate: false,
		autoIndex: false,
		bufferCommands: true,
		writeConcern: { w: 'majority', journal: true },
		readConcern: { level: 'majority' },
		readPreference: 'primary',
		retryWrites: true,
		retryReads: true,
		maxPoolSize: options.maxPoolSize ?? 50,
		serverSelectionTimeoutMS: options.selectionTimeoutMs ?? 5_000,
		connectTimeoutMS: 5_000,
		socketTimeoutMS: 60_000,
	};
	const connection = createConnection(options.url, connectOptions);
	// The first connection is tried again by `prepare`; unheard, its failure would end the process.
	connection.asPromise().catch(() => {});
	connection.on('error', () => {});
	let closed: Promise<void> | undefined;
	const run = async <T>(operation: () => Promise<T>): Promise<T> => {
		if (closed) throw storeError('STORE_CLOSED', { name });
		try {
			return await operation();
		} catch (error) {
			throw mongoFailure(name, error);
		}
	};
	return {
		name,
		connection,
		model: <T>(collection: string, paths: SchemaPaths) => {
			const options = { strict: 'throw', strictQuery: 'throw', versionKey: false, minimize: false } as const;
			const schema = new Schema({ ...paths, [refusedField]: Boolean } as never, options);
			return connection.model(collection, schema, collection) as unknown as Model<T>;
		},
		run,
		prepare: () =>
			run(async () => {
				try {
					await connection.asPromise().catch(() => connection.openUri(options.url, connectOptions));
					const { db } = connection;
					if (!db) throw storeError('STORE_UNREACHABLE', { name, cause: 'not connected' });
					await checkServer(db, name);
					await migrateMongo(db, name, options.migrations);
					await checkSchema(db, name, options.migrations);
				} catch (error) {
					throw refusalOf(name, options.database, error) ?? error;
				}
			}),
		ping: () =>
			run(async () => {
				const { db } = connection;
				if (!db) throw storeError('STORE_UNREACHABLE', { name, cause: 'not connected' });
				await db.command({ ping: 1 }, { timeoutMS: 2_000 });
			}),
		close: () => {
			closed ??= connection.close();
			return closed;
		},
	};
}

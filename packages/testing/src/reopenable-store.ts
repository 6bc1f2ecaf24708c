import { mongoTestDatabase } from './mongo.ts';

/** A store that a suite closes and opens again on the same data. */
export interface ReopenableStore<S> {
	readonly store: S;
	/** Closes it and opens what it kept. */
	reopen(): Promise<S>;
	/** Closes it and removes what it kept. */
	dispose(): Promise<void>;
}

interface Openable {
	prepare(): Promise<void>;
	close(): Promise<void>;
}

/** What a store on MongoDB is opened with. */
interface OpenOptions {
	readonly url: string;
	readonly database: string;
	readonly owner: string;
	readonly onError: (error: unknown, where: string) => void;
}

/** Opens a store on a MongoDB database of its own. */
export async function reopenableMongoStore<S extends Openable>(open: (options: OpenOptions) => S): Promise<ReopenableStore<S>> {
	const database = mongoTestDatabase();
	const onError = (error: unknown, where: string) => process.emitWarning(`${where}: ${String(error)}`);
	const opened = async () => {
		const store = open({ ...database.options, owner: 'one', onError });
		await store.prepare();
		return store;
	};
	const store = await opened();
	let current = store;
	return {
		store,
		reopen: async () => {
			await current.close();
			current = await opened();
			return current;
		},
		dispose: async () => {
			await current.close();
			await database.drop();
		},
	};
}

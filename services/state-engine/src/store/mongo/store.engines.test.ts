import { mongoTestDatabase } from '@fefaent/testing';
import { describe } from 'vitest';
import { stateEngineStoreContract } from '../contract.ts';
import { openMongoStateEngineStore } from './store.ts';

describe('MongoDB', () => {
	stateEngineStoreContract('MongoDB', async () => {
		const database = mongoTestDatabase();
		const open = async () => {
			const store = openMongoStateEngineStore({
				...database.options,
				owner: 'one',
				onError: (error, where) => process.emitWarning(`${where}: ${String(error)}`),
			});
			await store.prepare();
			return store;
		};
		let current = await open();
		return {
			store: current,
			reopen: async () => {
				await current.close();
				current = await open();
				return current;
			},
			dispose: async () => {
				await current.close();
				await database.drop();
			},
		};
	});
});

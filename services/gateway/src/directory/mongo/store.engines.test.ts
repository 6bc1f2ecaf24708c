import { mongoTestDatabase } from '@fefaent/testing';
import { describe } from 'vitest';
import { directoryStoreContract } from '../contract.ts';
import { openMongoGatewayStore } from './store.ts';

describe('MongoDB', () => {
	directoryStoreContract('MongoDB', async () => {
		const database = mongoTestDatabase();
		const open = async () => {
			const store = openMongoGatewayStore(database.options);
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

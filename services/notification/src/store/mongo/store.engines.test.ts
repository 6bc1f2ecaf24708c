import { mongoTestDatabase } from '@fefaent/testing';
import { describe } from 'vitest';
import { notificationStoreContract } from '../contract.ts';
import { openMongoNotificationStore } from './store.ts';

describe('MongoDB', () => {
	notificationStoreContract('MongoDB', async () => {
		const database = mongoTestDatabase();
		const open = async () => {
			const store = openMongoNotificationStore({
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

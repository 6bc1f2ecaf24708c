import { mongoTestDatabase } from '@fefaent/testing';
import { describe } from 'vitest';
import { evidenceStoreContract } from '../contract.ts';
import { openMongoEvidenceStore } from './store.ts';

describe('MongoDB', () => {
	evidenceStoreContract('MongoDB', () => {
		const database = mongoTestDatabase();
		return {
			open: async () => {
				const store = openMongoEvidenceStore(database.options);
				await store.prepare();
				return store;
			},
			[Symbol.asyncDispose]: () => database.drop(),
		};
	});
});

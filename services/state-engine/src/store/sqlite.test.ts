import { temporaryFolder } from '@fefaent/testing';
import { stateEngineStoreContract } from './contract.ts';
import { openSqliteStateEngineStore } from './sqlite.ts';

stateEngineStoreContract('SQLite', async () => {
	const folder = temporaryFolder();
	let store = openSqliteStateEngineStore({ path: folder.join('state-engine.db') });
	return {
		store,
		reopen: async () => {
			await store.close();
			store = openSqliteStateEngineStore({ path: folder.join('state-engine.db') });
			return store;
		},
		dispose: async () => {
			await store.close();
			await folder.remove();
		},
	};
});

import { temporaryFolder } from '@fefaent/testing';
import { directoryStoreContract } from './contract.ts';
import { openSqliteGatewayStore } from './sqlite.ts';

directoryStoreContract('SQLite', async () => {
	const folder = temporaryFolder();
	const path = folder.join('gateway.db');
	let open = openSqliteGatewayStore({ path });
	return {
		store: open,
		reopen: async () => {
			await open.close();
			open = openSqliteGatewayStore({ path });
			return open;
		},
		dispose: async () => {
			await open.close();
			await folder.remove();
		},
	};
});

import { temporaryFolder } from '@fefaent/testing';
import { notificationStoreContract } from './contract.ts';
import { openSqliteNotificationStore } from './sqlite.ts';

notificationStoreContract('SQLite', async () => {
	const folder = temporaryFolder();
	const path = folder.join('notification.db');
	let current = openSqliteNotificationStore({ path });
	return {
		store: current,
		reopen: async () => {
			await current.close();
			current = openSqliteNotificationStore({ path });
			return current;
		},
		dispose: async () => {
			await current.close();
			await folder.remove();
		},
	};
});

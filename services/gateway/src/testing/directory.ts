import { type Clock, ManualClock } from '@fefaent/kernel';
import { type TemporaryFolder, temporaryFolder } from '@fefaent/testing';
import { type DirectoryOperations, directoryOperations } from '../directory/operations.ts';
import type { DirectoryStore } from '../directory/port.ts';
import { CachedDirectory } from '../directory/reader.ts';
import { openSqliteGatewayStore } from '../directory/sqlite.ts';

/** A directory on a file of its own, for tests. */
export interface TestDirectory extends AsyncDisposable {
	readonly store: DirectoryStore;
	readonly cache: CachedDirectory;
	readonly operations: DirectoryOperations;
	readonly clock: Clock;
	readonly folder: TemporaryFolder;
}

/** Opens an empty directory, whose cache never forgets by itself: what is stale in it is a bug. */
export function testDirectory(): TestDirectory {
	const folder = temporaryFolder();
	const clock = new ManualClock();
	const store = openSqliteGatewayStore({ path: folder.join('gateway.db') });
	const cache = new CachedDirectory(store, 3_600_000);
	return {
		store,
		cache,
		clock,
		folder,
		operations: directoryOperations({ store, cache, clock }),
		[Symbol.asyncDispose]: async () => {
			await store.close();
			await folder.remove();
		},
	};
}

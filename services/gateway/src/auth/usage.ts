import type { Clock } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import type { DirectoryStore } from '../directory/port.ts';
import type { Credential } from '../directory/types.ts';

/** How precisely the last use of a credential is known: one write in this time at most, real time in milliseconds. */
const precisionMs = 600_000;

/** Takes note of when credentials are used, without a write for each request. */
export interface UsageRecorder {
	readonly used: (credential: Credential) => void;
	/** Resolves when what is being written is written. */
	flush(): Promise<void>;
}

/** Makes a recorder over a directory's store. A note that cannot be written is logged and lost: it decides nothing. */
export function usageRecorder({
	store,
	clock,
	logger,
}: {
	store: Pick<DirectoryStore, 'touchCredential'>;
	clock: Clock;
	logger: Logger;
}): UsageRecorder {
	const noted = new Map<string, number>();
	const writes = new Set<Promise<void>>();
	return {
		used: ({ id }) => {
			const now = performance.now();
			const last = noted.get(id);
			if (last !== undefined && now - last < precisionMs) return;
			noted.set(id, now);
			const write = store
				.touchCredential(id, clock.now())
				.catch((err: unknown) => logger.warn({ err, credential: id }, 'the last use of a credential could not be noted'))
				.finally(() => writes.delete(write));
			writes.add(write);
		},
		flush: async () => {
			await Promise.all(writes);
		},
	};
}

import { type Job, type Logger, startJob } from '@fefaent/service-kit';
import type { NoticeStore } from '../store/port.ts';

/** Most events forgotten in one transaction. */
const limit = 1_000;

/** Forgets which events were seen once the bus cannot repeat them any more. @param retentionMs real time */
export function startPruning(store: NoticeStore, retentionMs: number, logger: Logger): Job {
	return startJob({
		name: 'notifier.prune',
		everyMs: 3_600_000,
		run: async () => ((await store.pruneInbox(new Date(Date.now() - retentionMs), limit)) === limit ? 'again' : 'idle'),
		onError: (error) => logger.warn({ err: error }, 'events seen could not be forgotten; it is tried again'),
	});
}

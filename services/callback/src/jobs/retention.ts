import type { Clock } from '@fefaent/kernel';
import { type Job, type Logger, startJob } from '@fefaent/service-kit';
import type { CallbackStore } from '../store/port.ts';

/** Most deliveries that are removed in one write. */
const batch = 500;
/** Time between two rounds, real time in milliseconds. */
const everyMs = 3_600_000;

/**
 * Removes deliveries whose time in the communication log is over.
 * @param keptMs how long they stay after they were settled, in milliseconds of the environment's time
 */
export function startRetention(
	deps: { readonly store: CallbackStore; readonly clock: Clock; readonly logger: Logger },
	keptMs: number,
): Job {
	const { store, clock, logger } = deps;
	return startJob({
		name: 'callback.log-retention',
		everyMs,
		wake: (wake) => clock.onMoved(wake),
		run: async () => ((await store.prune(new Date(clock.now().getTime() - keptMs), batch)) === batch ? 'again' : 'idle'),
		onError: (error) => logger.error({ err: error }, 'old deliveries could not be removed'),
	});
}

import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs, DomainError } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';

/** Between two attempts. */
const policy = { firstMs: 200, factor: 2, maxMs: 5_000, jitter: 0.2 };

/** Said again so often while it lasts. */
const sayEveryMs = 30_000;

/** What is waited for, and how it stands. */
export interface Wait {
	readonly what: string;
	/** Why the last attempt failed; absent before. */
	reason?: string;
}

/**
 * Tries until it works: engines may come later than the process, in any order. What waiting cannot mend (a server that is not fit, a schema that is
 * newer) is thrown at once.
 */
export async function waitFor<T>(wait: Wait, attempt: () => Promise<T>, logger: Logger, signal: AbortSignal): Promise<T> {
	let saidAt = Number.NEGATIVE_INFINITY;
	for (let attempts = 1; ; attempts++) {
		signal.throwIfAborted();
		try {
			const result = await attempt();
			if (attempts > 1) logger.info({ what: wait.what, attempts }, 'it is there now');
			return result;
		} catch (error) {
			if (error instanceof DomainError && !error.retryable) throw error;
			wait.reason = error instanceof Error ? error.message : String(error);
			if (performance.now() - saidAt > sayEveryMs) {
				saidAt = performance.now();
				logger.warn({ what: wait.what, reason: wait.reason }, 'it is not there yet: waiting');
			}
			await delay(backoffMs(policy, attempts), undefined, { signal });
		}
	}
}

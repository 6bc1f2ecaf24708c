/** How long to wait between attempts. Milliseconds throughout. */
export interface BackoffPolicy {
	/** Wait before the second attempt. */
	readonly firstMs: number;
	/** Each further wait is this many times the one before. */
	readonly factor: number;
	/** No wait is longer. */
	readonly maxMs: number;
	/** Share of the wait that is random, 0 to 1: 0.2 gives 80 % to 120 %. */
	readonly jitter: number;
}

/**
 * The wait after failed attempt number `attempt` (1 for the first).
 * @param random a number from 0 to 1, injected so that tests can fix it
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: () => number = Math.random): number {
	const base = Math.min(policy.maxMs, policy.firstMs * policy.factor ** Math.max(0, attempt - 1));
	return Math.round(base * (1 + policy.jitter * (2 * random() - 1)));
}

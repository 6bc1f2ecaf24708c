import type { RetryPolicy } from './port.ts';

/**
 * How followers try, unless told otherwise: for about an hour, since what a message was to do stays undone once it is given up. What passes by itself does not
 * count ({@link RetryPolicy.maxAttempts}).
 */
export const defaultRetry: RetryPolicy = { firstMs: 100, factor: 2, maxMs: 60_000, jitter: 0.2, maxAttempts: 70 };

import { setTimeout as delay } from 'node:timers/promises';
import { defaultWaitMs } from './recorder.ts';

/** How long to try, and how often. Milliseconds of real time. */
export interface EventuallyOptions {
	/** Default 5,000. */
	readonly timeoutMs?: number;
	/** Default 20. */
	readonly everyMs?: number;
}

/**
 * Runs `check` until it neither throws nor answers `false`: an assertion (`eventually(() => expect(...))`) or a predicate. A check under way is let
 * finish, and one is always made after the last pause, so a slow machine does not fail a check that would pass.
 * @returns what the check answered
 * @throws Error that tells how long it tried and, as `cause`, what the last try threw
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<Exclude<T, false>> {
	const { timeoutMs = defaultWaitMs, everyMs = 20 } = options;
	const started = performance.now();
	for (let tries = 1; ; tries++) {
		let last: { readonly error: unknown } | undefined;
		try {
			const value = await check();
			if (value !== false) return value as Exclude<T, false>;
		} catch (error) {
			last = { error };
		}
		const elapsed = performance.now() - started;
		if (elapsed >= timeoutMs) {
			const why = last ? `: ${last.error instanceof Error ? last.error.message : String(last.error)}` : ': it answers false';
			throw new Error(`not so after ${Math.round(elapsed)} ms and ${tries} tries${why}`, last ? { cause: last.error } : {});
		}
		await delay(Math.min(everyMs, timeoutMs - elapsed));
	}
}

/** Runs `find` until it answers something: not `undefined`, not `null`. @throws Error as {@link eventually} does */
export async function eventuallyFound<T>(find: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<NonNullable<T>> {
	const { value } = await eventually(async () => {
		const value = await find();
		return value !== undefined && value !== null && { value };
	}, options);
	return value;
}

/** When a delivery that failed is tried again. */
export interface Schedule {
	/** The wait after each failed attempt, in milliseconds of the environment's time. As many as there are retries. */
	readonly waitsMs: readonly number[];
	/** Share by which a wait is made longer at random, 0 to 1, so that what failed together does not come back together. */
	readonly jitter: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Ten attempts in 75 hours: the schedule of Standard Webhooks 1.0, "Deliverability and reliability". */
export const webhookSchedule: Schedule = {
	waitsMs: [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
	jitter: 0.05,
};

/** A first attempt and `retries` more, each wait `factor` times the one before up to `maxMs` (eNotumLite contract, section 9: up to six). */
export function exponential(retries: number, firstMs: number, factor: number, maxMs: number): Schedule {
	return { waitsMs: Array.from({ length: retries }, (_, index) => Math.min(maxMs, firstMs * factor ** index)), jitter: 0.2 };
}

/** Attempts in all. */
export function attemptsOf(schedule: Schedule): number {
	return schedule.waitsMs.length + 1;
}

/**
 * The wait after failure number `failed` (1 for the first); beyond the schedule, its last wait.
 * @param random from 0 to 1
 */
export function waitMs({ waitsMs, jitter }: Schedule, failed: number, random: number): number {
	const base = waitsMs[Math.min(failed, waitsMs.length) - 1] ?? 0;
	return Math.round(base * (1 + jitter * random));
}

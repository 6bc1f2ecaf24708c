import type { Verdict } from './delivery.ts';
import { type EndpointHealth, wellHealth } from './endpoint.ts';
import { type Concern, concernOf, type FailureName } from './failures.ts';
import { attemptsOf, type Schedule, waitMs } from './schedule.ts';

/** How an attempt ended. */
export interface AttemptResult {
	/** HTTP status; 0 when there was no answer. */
	readonly status: number;
	/** Absent when the receiver took it. */
	readonly failure?: FailureName;
	/** The receiver's own error code. */
	readonly detail?: string;
	/** `Retry-After`, in milliseconds. */
	readonly retryAfterMs?: number;
}

/** What is known when an attempt has ended. */
export interface Situation {
	/** When the attempt began and when it ended, in the environment's time. */
	readonly startedAt: Date;
	readonly now: Date;
	/** Attempts before this one. */
	readonly tries: number;
	readonly dueAt: Date;
	readonly schedule: Schedule;
	/** How the endpoint fares now, and how many failures it had when the attempt began: attempts that fail together count once. */
	readonly health: EndpointHealth;
	readonly failuresAtStart: number;
	/** Longest `Retry-After` that is honoured, in milliseconds. */
	readonly retryAfterMaxMs: number;
	/** From 0 to 1. */
	readonly random: number;
}

/** What follows from an attempt, for the delivery and for its endpoint. */
export interface Judgement {
	readonly verdict: Verdict;
	readonly health: EndpointHealth;
	/** The endpoint has used up the whole schedule: what has waited for it since before it failed is given up with this delivery. */
	readonly unreachable: boolean;
}

/** Draws the consequences of an attempt. */
export function judge(result: AttemptResult, situation: Situation): Judgement {
	const { failure } = result;
	if (failure === undefined) return { verdict: { kind: 'delivered' }, health: wellHealth, unreachable: false };
	const concern = concernOf(failure);
	const verdict = verdictOf(result, situation, concern);
	if (concern === 'message' || concern === 'final') {
		// Whoever answers is there; a message of ours that was never sent says nothing of it.
		return { verdict, health: result.status > 0 ? wellHealth : situation.health, unreachable: false };
	}
	const health = failing(result, situation);
	return { verdict, health, unreachable: health.failures >= attemptsOf(situation.schedule) };
}

function verdictOf(result: AttemptResult, situation: Situation, concern: Concern): Verdict {
	const { schedule, tries, dueAt, now, random } = situation;
	const failed = tries + 1;
	if (concern === 'final' || failed >= attemptsOf(schedule)) return { kind: 'exhausted' };
	// Where the endpoint waits as a whole, its deliveries keep their places.
	if (concern === 'endpoint' || (concern === 'either' && failed === 1)) return { kind: 'retry', dueAt };
	return { kind: 'retry', dueAt: new Date(now.getTime() + Math.max(waitMs(schedule, failed, random), asked(result, situation))) };
}

function failing(result: AttemptResult, situation: Situation): EndpointHealth {
	const { health, failuresAtStart, schedule, startedAt, now, random } = situation;
	if (health.failures !== failuresAtStart) return health;
	const failures = health.failures + 1;
	return {
		failures,
		failingSince: health.failingSince ?? startedAt,
		notBefore: new Date(now.getTime() + Math.max(waitMs(schedule, failures, random), asked(result, situation))),
	};
}

/** How long the receiver asked us to wait, within bounds. */
function asked({ retryAfterMs = 0 }: AttemptResult, { retryAfterMaxMs }: Situation): number {
	return Math.min(retryAfterMs, retryAfterMaxMs);
}

import { type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import { type Job, type Logger, startJob, withSpan } from '@fefaent/service-kit';
import type { ClaimedTimer, StateEngineStore, TimerResult } from '../store/port.ts';
import { fire } from '../tasks/fire.ts';
import type { Fired, TaskDeps } from '../tasks/task.ts';
import { recordTimers, spanNames, tracer } from '../telemetry.ts';
import { Alarm } from './alarm.ts';

/** What the timers' lanes work with. */
export interface TimersDeps extends TaskDeps {
	readonly store: StateEngineStore;
	readonly logger: Logger;
	readonly ownerId: string;
	/** Most timers that fire together. */
	readonly batch: number;
	/** Batches under way at once. */
	readonly lanes: number;
	/** Length of a lease, real time in milliseconds. */
	readonly leaseMs: number;
	/** Waits between the tries of a timer; real time. */
	readonly backoff: BackoffPolicy;
}

/** The lanes under way. */
export interface Timers {
	/** Ends after the batches under way. */
	stop(): Promise<void>;
}

/** Longest time between two looks, real time in milliseconds: for timers that other processes set. */
const everyMs = 15_000;

/**
 * Fires timers as they become due: woken by new timers, by a moved clock, and by an alarm set on the next one. Several lanes, so that the
 * evidences of one batch are sealed while another batch is decided.
 */
export function startTimers(deps: TimersDeps): Timers {
	const wakers = new Set<() => void>();
	const alarm = new Alarm(() => {
		for (const wake of wakers) wake();
	});
	const wake = (listener: () => void) => {
		wakers.add(listener);
		const ends = [deps.store.onScheduled(listener), deps.clock.onMoved(listener), () => wakers.delete(listener)];
		return () => {
			for (const end of ends) end();
		};
	};
	const lanes = Array.from(
		{ length: deps.lanes },
		(_, index): Job =>
			startJob({
				name: `state-engine.timers.${index + 1}`,
				everyMs,
				wake,
				run: () => round(deps, alarm),
				onError: (error) => deps.logger.error({ err: error }, 'timers could not be taken or settled; they are tried again'),
			}),
	);
	return {
		stop: async () => {
			await Promise.all(lanes.map((lane) => lane.stop()));
			alarm.clear();
		},
	};
}

/** One batch: lease, fire, settle. */
async function round(deps: TimersDeps, alarm: Alarm): Promise<'again' | 'idle'> {
	const { store, clock, ownerId, batch, leaseMs } = deps;
	const realNow = Date.now();
	const timers = await store.claimDue({ now: clock.now(), realNow, owner: ownerId, leaseUntil: realNow + leaseMs, limit: batch });
	if (timers.length === 0) {
		const wait = await store.untilNext(clock.now(), Date.now());
		if (wait !== undefined && wait < everyMs) alarm.set(wait);
		return 'idle';
	}
	const results = await withSpan(tracer, spanNames.fire, spanOptions(timers), async () => {
		const fired = await fire(timers, deps);
		return timers.map((timer, index) => resultOf(timer, fired[index] ?? { kind: 'done' }, deps));
	});
	await store.settle(results);
	recordTimers(results, clock.now());
	return 'again';
}

/** A batch of one trace is a part of that trace; a mixed one is linked to all of them. */
function spanOptions(timers: readonly ClaimedTimer[]) {
	const traces = [...new Set(timers.map((timer) => timer.traceparent).filter((one) => one !== undefined))];
	return { attributes: { 'fefaent.timers': timers.length }, ...(traces.length === 1 ? { parent: traces[0] } : { links: traces }) };
}

function resultOf(timer: ClaimedTimer, fired: Fired, { logger, backoff }: TimersDeps): TimerResult {
	if (fired.kind !== 'failed') return { timer, ...fired };
	const attempt = timer.attempts + 1;
	const waitMs = backoffMs(backoff, attempt);
	logger.warn(
		{ notificationId: timer.notificationId, timer: timer.kind, attempt, waitMs, err: fired.error },
		'a timer failed; it is tried again',
	);
	return { timer, kind: 'failed', notBefore: Date.now() + waitMs };
}

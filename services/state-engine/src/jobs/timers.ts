import { type BackoffPolicy, backoffMs } from '@fefaent/kernel';
import { Alarm, type BatchSpans, type Job, type Logger, startJob, withBatchSpans, within } from '@fefaent/service-kit';
import type { ClaimedTimer, QueueLook, StateEngineStore, TimerResult } from '../store/port.ts';
import { fire } from '../tasks/fire.ts';
import type { Fired, TaskDeps } from '../tasks/task.ts';
import { recordTimers, spanNames, tracer } from '../telemetry.ts';

/** What the timers' lanes work with. */
export interface TimersDeps extends TaskDeps {
	readonly store: StateEngineStore;
	readonly logger: Logger;
	readonly ownerId: string;
	/** Most timers that fire together. */
	readonly batch: number;
	/** Batches of timers under way at once whose tasks have to be proved; the others have a lane besides. */
	readonly lanes: number;
	/** Length of a lease, real time in milliseconds. */
	readonly leaseMs: number;
	/** How long a batch may take in all, real time in milliseconds: it ends, and is settled, before its lease does. */
	readonly roundMs: number;
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

/** One lane: which timers it takes, and what it has in common with the others. */
interface Lane {
	readonly proved: boolean;
	/** Rings when the next timer may be due, of whichever lane. */
	readonly alarm: Alarm;
	/** Notifications whose timers this process fires now. */
	readonly firing: Set<number>;
	readonly wakeAll: () => void;
}

/**
 * Fires timers as they become due: woken by new timers, by a moved clock, and by an alarm set on the next one. Several lanes, so that the
 * evidences of one batch are sealed while another batch is decided; and one of its own for what needs no proof, which does not wait while proofs
 * cannot be had.
 */
export function startTimers(deps: TimersDeps): Timers {
	const wakers = new Set<() => void>();
	const wakeAll = () => {
		for (const wake of wakers) wake();
	};
	const alarm = new Alarm(wakeAll);
	const firing = new Set<number>();
	const wake = (listener: () => void) => {
		wakers.add(listener);
		const ends = [deps.store.onScheduled(listener), deps.clock.onMoved(listener), () => wakers.delete(listener)];
		return () => {
			for (const end of ends) end();
		};
	};
	const lanes = Array.from(
		{ length: deps.lanes + 1 },
		(_, index): Job =>
			startJob({
				name: index === 0 ? 'state-engine.timers.unproved' : `state-engine.timers.${index}`,
				everyMs,
				wake,
				run: () => round(deps, { proved: index > 0, alarm, firing, wakeAll }),
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
async function round(deps: TimersDeps, lane: Lane): Promise<'again' | 'idle'> {
	const { store, clock, ownerId, batch, leaseMs, roundMs } = deps;
	const { proved, alarm, firing, wakeAll } = lane;
	const look = (): QueueLook => ({ now: clock.now(), realNow: Date.now(), proved, except: [...firing] });
	const first = look();
	const claimed = await store.claimDue({ ...first, owner: ownerId, leaseUntil: first.realNow + leaseMs, limit: batch });
	// Another lane may have begun one of them since it was looked for, when the machine's clock was moved: the lease is its own again.
	const timers = claimed.filter(({ notificationId }) => !firing.has(notificationId));
	if (claimed.length === 0) {
		const wait = await store.untilNext(look());
		if (wait !== undefined && wait < everyMs) alarm.set(wait);
		return 'idle';
	}
	for (const { notificationId } of timers) firing.add(notificationId);
	try {
		const firedAt = clock.now();
		const results = await withBatchSpans(
			tracer,
			spansOf(timers),
			async () => {
				const fired = await within(roundMs, () => fire(timers, deps));
				return timers.map((timer, index) => resultOf(timer, fired[index] ?? { kind: 'done' }, deps));
			},
			(all, index) => (all[index]?.kind === 'failed' ? 'failed' : undefined),
		);
		await store.settle(results);
		recordTimers(results, firedAt);
	} finally {
		for (const { notificationId } of timers) firing.delete(notificationId);
	}
	// What waited for these, one timer of an instance at a time, may be another lane's.
	if (timers.some(({ others }) => others.some(({ dueAt }) => dueAt <= clock.now()))) wakeAll();
	return 'again';
}

/** Each timer goes on in the trace of what set it. */
function spansOf(timers: readonly ClaimedTimer[]): BatchSpans<ClaimedTimer> {
	return {
		items: timers,
		traceparentOf: (timer) => timer.traceparent,
		item: {
			name: () => spanNames.fire,
			attributes: ({ notificationId, kind, attempts }) => ({
				'fefaent.notification.id': notificationId,
				'fefaent.timer': kind,
				'fefaent.attempt': attempts + 1,
			}),
		},
		batch: { name: spanNames.fireTogether, attributes: { 'fefaent.batch.size': timers.length } },
	};
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

import { Alarm, type Job, startJob } from '@fefaent/service-kit';
import { isReady } from '../domain/endpoint.ts';
import { EndpointWorker, type WorkerDeps } from '../sending/worker.ts';
import type { WorkNews } from '../store/port.ts';

/** Sees to it that whatever is due has a worker. */
export interface Dispatcher {
	/** Begins nothing more, and waits for what is under way. */
	stop(): Promise<void>;
}

/** What wakes a dispatcher. */
export interface Waking {
	/** Longest time between two looks, real time in milliseconds: for what other replicas recorded or left behind. Default 5,000. */
	readonly everyMs?: number;
	/** Wakes for the next instant at which something falls due. Default: in real time. */
	readonly alarm?: (ring: () => void) => Pick<Alarm, 'set' | 'clear'>;
}

/** How many endpoints a look reads at once. */
const atOnce = 100;
/** How long connections are kept without use, in milliseconds. */
const idleMs = 30_000;
/** How long the replica that recorded deliveries is left alone with them, in milliseconds. It mostly holds their endpoint, or takes it at once. */
const othersMs = 500;

/**
 * Starts one worker for each endpoint with something due: at once for what this process records, and by looking when time has come, was moved, or may hide
 * something that others left.
 *
 * Nothing that falls due is slept through: each look sets the alarm to what comes next after the very instant that it looked at, and each instant that is
 * written afterwards sets it too.
 */
export function startDispatcher(
	deps: WorkerDeps,
	{ everyMs = 5_000, alarm: alarmOf = (ring) => new Alarm(ring) }: Waking = {},
): Dispatcher {
	const { store, clock, logger, channels } = deps;
	const workers = new Map<string, { readonly worker: EndpointWorker; readonly ended: Promise<void> }>();
	/** Endpoints with deliveries that other replicas recorded. */
	const others = new Set<string>();
	let stopping = false;

	const ensure = (endpointId: string): void => {
		const known = workers.get(endpointId);
		if (known !== undefined) known.worker.poke();
		if (known !== undefined || stopping) return;
		const worker = new EndpointWorker(endpointId, deps);
		const ended = worker.run().finally(() => {
			workers.delete(endpointId);
			// It may have been told of more after its last look.
			if (worker.poked) ensure(endpointId);
		});
		workers.set(endpointId, { worker, ended });
	};

	const alarm = alarmOf(() => job.wake());
	const wakeAt = (at: Date): void => {
		const ms = at.getTime() - clock.now().getTime();
		// What is due already belongs to a worker that has not looked yet.
		if (ms > 0 && !stopping) alarm.set(ms);
	};

	// Whoever recorded them sends them, unless this replica holds the endpoint; it may have let go of it at this very moment, too.
	const takeOthers = throttled(othersMs, () => {
		for (const id of others) ensure(id);
		others.clear();
	});

	const hear = (news: WorkNews): void => {
		if (news.what === 'instant') wakeAt(news.at);
		else if (news.what === 'elsewhere') {
			for (const id of news.endpointIds) {
				const known = workers.get(id);
				if (known !== undefined) known.worker.poke();
				else others.add(id);
			}
			if (others.size > 0 && !stopping) takeOthers.run();
		} else {
			for (const id of news.endpointIds) {
				if (news.what === 'endpoints') workers.get(id)?.worker.interrupt();
				ensure(id);
			}
		}
	};

	const look = async (): Promise<void> => {
		const now = clock.now();
		const due = await store.endpointsDue(now);
		for (let begin = 0; begin < due.length && !stopping; begin += atOnce) {
			const ids = due.slice(begin, begin + atOnce);
			const records = await store.getEndpoints(ids);
			ids.forEach((id, index) => {
				const record = records[index];
				// One that is not there any more has a worker too: it gives up what was left.
				if (record === undefined || isReady(record, now)) ensure(id);
			});
		}
		const next = await store.nextInstant(now);
		// It may have come while this looked.
		if (next !== undefined && !stopping) alarm.set(Math.max(0, next.getTime() - clock.now().getTime()));
	};

	const job: Job = startJob({
		name: 'callback.dispatch',
		everyMs,
		wake: (wake) => {
			const ends = [clock.onMoved(wake), store.onWork(hear)];
			return () => {
				for (const end of ends) end();
			};
		},
		run: async () => {
			await look();
			await channels.closeIdle(idleMs);
			return 'idle';
		},
		onError: (error) => logger.error({ err: error }, 'due callbacks could not be looked for'),
	});

	return {
		stop: async () => {
			stopping = true;
			for (const { worker } of workers.values()) worker.stop();
			await job.stop();
			alarm.clear();
			takeOthers.clear();
			await Promise.all([...workers.values()].map(({ ended }) => ended));
		},
	};
}

/** Does something a while after it is first asked for, once for all times that it was asked for meanwhile. */
function throttled(ms: number, action: () => void): { run(): void; clear(): void } {
	let timer: NodeJS.Timeout | undefined;
	return {
		run: () => {
			timer ??= setTimeout(() => {
				timer = undefined;
				action();
			}, ms);
		},
		clear: () => clearTimeout(timer),
	};
}

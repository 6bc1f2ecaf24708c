import { type Job, startJob } from '@fefaent/service-kit';
import { isReady } from '../domain/endpoint.ts';
import { Alarm } from './alarm.ts';
import { EndpointWorker, type WorkerDeps } from './worker.ts';

/** Sees to it that whatever is due has a worker. */
export interface Dispatcher {
	/** Begins nothing more, and waits for what is under way. */
	stop(): Promise<void>;
}

/** Longest time between two looks, real time in milliseconds: for what other replicas recorded or left behind. */
const everyMs = 5_000;
/** How long connections are kept without use, in milliseconds. */
const idleMs = 30_000;

/**
 * Starts one worker for each endpoint with something due: at once for what this process records, and by looking when time has come, was moved, or may hide
 * something that others left.
 */
export function startDispatcher(deps: WorkerDeps): Dispatcher {
	const { store, clock, logger, channels } = deps;
	const workers = new Map<string, { readonly worker: EndpointWorker; readonly ended: Promise<void> }>();
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

	const alarm = new Alarm(() => job.wake());
	const job: Job = startJob({
		name: 'callback.dispatch',
		everyMs,
		wake: (wake) => {
			const ends = [
				clock.onMoved(wake),
				store.onWork((endpointIds, what) => {
					for (const id of endpointIds) {
						if (what === 'endpoints') workers.get(id)?.worker.interrupt();
						ensure(id);
					}
				}),
			];
			return () => {
				for (const end of ends) end();
			};
		},
		run: async () => {
			const now = clock.now();
			const due = await store.endpointsDue(now);
			const records = await store.getEndpoints(due);
			due.forEach((id, index) => {
				const record = records[index];
				// One that is not there any more has a worker too: it gives up what was left.
				if (record === undefined || isReady(record, now)) ensure(id);
			});
			await channels.closeIdle(idleMs);
			const next = await store.nextInstant(clock.now());
			if (next !== undefined) alarm.set(next.getTime() - clock.now().getTime());
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
			await Promise.all([...workers.values()].map(({ ended }) => ended));
		},
	};
}

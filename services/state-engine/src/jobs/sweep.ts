import type { NotificationServiceDefinition } from '@fefaent/contracts/notification';
import type { Clock } from '@fefaent/kernel';
import { type Job, type Logger, type RpcClient, startJob, withSpan } from '@fefaent/service-kit';
import { recordSwept, spanNames, tracer } from '../telemetry.ts';
import type { TransitionRunner } from '../transitions/run.ts';

/** What the sweep works with. */
export interface SweepDeps {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly runner: TransitionRunner;
	readonly notifications: RpcClient<NotificationServiceDefinition>;
	/** Age from which a claim counts as left behind, in milliseconds of the environment's time, which claims are dated in. */
	readonly ageMs: number;
	/** Time between two sweeps, real time in milliseconds. */
	readonly everyMs: number;
}

/** Most claims of one round. */
const limit = 100;

/**
 * Finishes decisions whose maker did not: it crashed, or the proof could not be made then. The first round takes claims of any age, since
 * whoever made them here is gone with the process before; claims that this process is at work on are left to it.
 */
export function startSweep(deps: SweepDeps): Job {
	let first = true;
	return startJob({
		name: 'state-engine.sweep',
		everyMs: deps.everyMs,
		run: async () => {
			const found = await round(deps, first ? 0 : deps.ageMs);
			const again = found === limit;
			if (!again) first = false;
			return again ? 'again' : 'idle';
		},
		onError: (error) => deps.logger.warn({ err: error }, 'claims could not be swept; they are looked for again'),
	});
}

/** @returns how many claims were finished */
async function round({ clock, logger, runner, notifications }: SweepDeps, ageMs: number): Promise<number> {
	const before = new Date(clock.now().getTime() - ageMs + (ageMs === 0 ? 1 : 0));
	const listed = await notifications.listClaims({ before, limit });
	const left = listed.notifications.filter((notification) => !runner.isUnderWay(notification.id));
	if (left.length === 0) return 0;
	const outcomes = await withSpan(tracer, spanNames.sweep, { attributes: { 'fefaent.claims': left.length } }, () => runner.finish(left));
	const finished = outcomes.filter((outcome) => outcome.kind !== 'unproved').length;
	recordSwept(finished);
	logger.info({ claims: left.length, finished }, 'decisions that were left behind');
	return finished;
}

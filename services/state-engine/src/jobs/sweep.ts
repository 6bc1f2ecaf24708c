import { type ClaimPosition, type Notification, NotificationView } from '@fefaent/contracts/notification';
import { type Clock, DomainError } from '@fefaent/kernel';
import { inHalves, type Job, type Logger, startJob, withSpan } from '@fefaent/service-kit';
import type { Notifications } from '../clients.ts';
import { recordSwept, spanNames, tracer } from '../telemetry.ts';
import type { TransitionRunner } from '../transitions/run.ts';

/** What the sweep works with. */
export interface SweepDeps {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly runner: TransitionRunner;
	readonly notifications: Notifications;
	/** Age from which a claim counts as left behind, in milliseconds of the environment's time, which claims are dated in. */
	readonly ageMs: number;
	/** Time between two sweeps, real time in milliseconds. */
	readonly everyMs: number;
}

/** Most claims of one page. */
const limit = 100;

/**
 * Finishes decisions whose maker did not: it crashed, or the proof could not be made then. The first pass takes claims of any age, since
 * whoever made them here is gone with the process before; claims that this process is at work on are left to it. A pass goes through all claims,
 * page by page, so that those that cannot be finished keep no later one from its turn.
 */
export function startSweep(deps: SweepDeps): Job {
	let first = true;
	let after: ClaimPosition | undefined;
	return startJob({
		name: 'state-engine.sweep',
		everyMs: deps.everyMs,
		run: async () => {
			const page = await list(deps, first ? 0 : deps.ageMs, after);
			// Before the page is tried: what fails with it is tried again in the next pass, after the others.
			after = page.length === limit ? positionOf(page.at(-1)) : undefined;
			await finish(deps, page);
			if (after !== undefined) return 'again';
			first = false;
			return 'idle';
		},
		onError: (error) => deps.logger.warn({ err: error }, 'claims could not be swept; they are looked for again'),
	});
}

async function list(
	{ clock, notifications }: SweepDeps,
	ageMs: number,
	after: ClaimPosition | undefined,
): Promise<readonly Notification[]> {
	const before = new Date(clock.now().getTime() - ageMs + (ageMs === 0 ? 1 : 0));
	return (await notifications.listClaims({ before, limit, after })).notifications;
}

function positionOf(notification: Notification | undefined): ClaimPosition | undefined {
	return notification && { decidedAt: notification.claim?.decidedAt, id: notification.id };
}

async function finish(deps: SweepDeps, page: readonly Notification[]): Promise<void> {
	const { logger, runner } = deps;
	const left = await read(
		page.flatMap(({ id }) => (runner.isUnderWay(id) ? [] : [id])),
		deps,
	);
	if (left.length === 0) return;
	const outcomes = await withSpan(tracer, spanNames.sweep, { attributes: { 'fefaent.batch.size': left.length } }, () =>
		runner.finish(left),
	);
	const finished = outcomes.filter((outcome) => outcome.kind !== 'unproved').length;
	recordSwept(finished);
	logger.info({ claims: left.length, finished }, 'decisions that were left behind');
}

/** What proofs are made of; without those whose claim somebody finished meanwhile. */
async function read(ids: readonly number[], { notifications, logger }: SweepDeps): Promise<readonly Notification[]> {
	const results = await inHalves(ids, async (some) => (await notifications.get({ ids: some, view: NotificationView.CASE })).results);
	return results.flatMap((result, index) => {
		if (result instanceof DomainError) logger.error({ err: result, notificationId: ids[index] }, 'a decision cannot be read');
		else if (result.notification?.claim !== undefined) return [result.notification];
		return [];
	});
}

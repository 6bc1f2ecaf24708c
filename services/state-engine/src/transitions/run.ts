import type { Evidence } from '@fefaent/contracts/evidence';
import {
	type Author,
	type ClaimItem,
	ClaimOutcome,
	type ClaimResult,
	type CompleteItem,
	type CompleteResult,
	isProved,
	type Notification,
	type State,
	Transition,
} from '@fefaent/contracts/notification';
import { crashpoint, DomainError } from '@fefaent/kernel';
import { inHalves, withSpan } from '@fefaent/service-kit';
import type { Evidences, Notifications } from '../clients.ts';
import { stateEngineError } from '../errors.ts';
import { recordDecisions, spanNames, tracer } from '../telemetry.ts';
import { abandon, type Proof, prove } from './proof.ts';

/** A transition that is wanted. */
export interface Decision {
	readonly id: number;
	/** States that it may be decided from. */
	readonly from: readonly State[];
	readonly transition: Transition;
	readonly to: State;
	readonly author: Author;
}

/** What became of a decision. */
export type DecisionOutcome =
	/** It stands, with its proof, and everybody can see it. */
	| { readonly kind: 'published'; readonly notification: Notification; readonly evidence: Evidence | undefined }
	/** The notification is in a state that it cannot be decided from: it was decided otherwise, or the same before. */
	| { readonly kind: 'elsewhere'; readonly notification: Notification }
	| { readonly kind: 'unknown' }
	/** It (or what was decided before it) is decided, but could not be proved now. It will be finished; asking again does no harm. */
	| { readonly kind: 'unproved'; readonly error: DomainError };

/** What became of a claim that was found: as for decisions; `moved` when somebody else finished it meanwhile. */
export type FinishOutcome = Exclude<DecisionOutcome, { kind: 'elsewhere' }> | { readonly kind: 'moved' };

/** What the runner works with. */
export interface RunnerDeps {
	readonly notifications: Notifications;
	readonly evidences: Evidences;
	/** How long a batch of proofs may take to be made, real time in milliseconds. */
	readonly proofTimeoutMs: number;
}

/**
 * Rounds of claim, proof and completion before a batch is given up: one to finish a decision that stands in the way, one for the own, and some more for
 * notifications that many decide about at once.
 */
const maxRounds = 5;

/**
 * Decides, proves and publishes, a batch at a time. Each step is one call and idempotent, so a batch that was cut short anywhere may be run
 * again by anyone. Races are decided by the notification service's claim alone.
 */
export class TransitionRunner {
	readonly #deps: RunnerDeps;
	readonly #underWay = new Map<number, number>();

	constructor(deps: RunnerDeps) {
		this.#deps = deps;
	}

	/** Whether a run of this process is at work on the notification. */
	isUnderWay(id: number): boolean {
		return this.#underWay.has(id);
	}

	/**
	 * Takes decisions through to the end. A different decision that is found pending is finished first.
	 * @param decisions one to a hundred, each about another notification
	 * @returns one outcome for each, in order
	 * @throws what the notification service's calls throw; whatever was claimed by then is found and finished later
	 */
	async run(decisions: readonly Decision[]): Promise<readonly DecisionOutcome[]> {
		const ids = decisions.map((decision) => decision.id);
		const attributes = { 'fefaent.batch.size': decisions.length };
		const outcomes = await this.#marked(ids, () => withSpan(tracer, spanNames.transition, { attributes }, () => this.#run(decisions)));
		recordDecisions(decisions, outcomes);
		return outcomes;
	}

	/** Proves and publishes claims that were found, whoever made them. Throws as {@link run} does. */
	finish(notifications: readonly Notification[]): Promise<readonly FinishOutcome[]> {
		return this.#marked(
			notifications.map((notification) => notification.id),
			() => this.#finish(notifications),
		);
	}

	/**
	 * Gives decisions up that cannot be proved: first no proof of them can be made any more, then their notifications fail, with `reason`. One that
	 * is decided otherwise is left alone, and one whose proof was made after all, although its maker's answer did not come, is published with it.
	 * @returns whether each is over
	 */
	giveUp(decisions: readonly { readonly decision: Decision; readonly reason: string }[]): Promise<readonly boolean[]> {
		return this.#marked(
			decisions.map(({ decision }) => decision.id),
			async () => {
				const claims = await this.#claim(decisions.map(({ decision }) => decision));
				const own = decisions.flatMap(({ reason }, index) => {
					const { outcome, notification } = answered(claims[index]) ?? {};
					return outcome === ClaimOutcome.CLAIMED && notification?.claim !== undefined ? [{ notification, reason }] : [];
				});
				const proofs = await abandon(
					own.map(({ notification }) => notification),
					this.#deps.evidences,
				);
				const completed = await this.#complete(
					own.flatMap(({ notification, reason }, index) => {
						const proof = proofs[index] ?? { kind: 'none' };
						return proof.kind === 'failed' ? [] : [completion(notification, proof, proof.kind === 'evidence' ? '' : reason)];
					}),
				);
				const over = new Set(completed.flatMap((result) => (result?.outcome?.$case === 'notification' ? [result.id] : [])));
				return decisions.map(({ decision }, index) => over.has(decision.id) || isSettled(answered(claims[index])));
			},
		);
	}

	async #run(decisions: readonly Decision[]): Promise<readonly DecisionOutcome[]> {
		const outcomes: DecisionOutcome[] = decisions.map(() => ({ kind: 'unproved', error: stateEngineError('CLAIM_PENDING') }));
		let open = decisions.map((decision, index) => ({ decision, index }));
		for (let round = 1; open.length > 0 && round <= maxRounds; round++) {
			const claims = await this.#claim(open.map((one) => one.decision));
			const claimed: { decision: Decision; index: number; own: boolean; notification: Notification }[] = [];
			open.forEach((one, position) => {
				const result = claims[position];
				if (result instanceof DomainError) {
					outcomes[one.index] = { kind: 'unproved', error: result };
					return;
				}
				const notification = result?.notification;
				const outcome = result?.outcome;
				if (notification === undefined) outcomes[one.index] = { kind: 'unknown' };
				// The same decision was completed before: nothing is pending.
				else if (notification.claim === undefined) outcomes[one.index] = { kind: 'elsewhere', notification };
				else if (outcome === ClaimOutcome.CLAIMED) claimed.push({ ...one, own: true, notification });
				else if (outcome === ClaimOutcome.PENDING_OTHER) claimed.push({ ...one, own: false, notification });
				else outcomes[one.index] = { kind: 'elsewhere', notification };
			});
			const finished = await this.#finish(claimed.map((one) => one.notification));
			open = claimed.filter((one, position) => {
				const outcome = finished[position];
				// A claim in the way that is gone, by us or by others, and an own one that others finished: look again.
				if (outcome === undefined || outcome.kind === 'moved' || (outcome.kind === 'published' && !one.own)) return true;
				outcomes[one.index] = outcome;
				return false;
			});
		}
		return outcomes;
	}

	/** What needs no proof does not wait for the proofs of the others. */
	async #finish(notifications: readonly Notification[]): Promise<readonly FinishOutcome[]> {
		const outcomes: FinishOutcome[] = notifications.map(() => ({ kind: 'moved' }));
		const parts = Map.groupBy(notifications.entries(), ([, { claim }]) => claim !== undefined && isProved(claim.transition));
		await Promise.all(
			[...parts.values()].map(async (part) => {
				const finished = await this.#finishAlike(part.map(([, notification]) => notification));
				part.forEach(([index], position) => {
					outcomes[index] = finished[position] ?? { kind: 'moved' };
				});
			}),
		);
		return outcomes;
	}

	async #finishAlike(notifications: readonly Notification[]): Promise<readonly FinishOutcome[]> {
		const proofs = await prove(notifications, this.#deps.evidences, this.#deps.proofTimeoutMs);
		const outcomes: FinishOutcome[] = proofs.map((proof) =>
			proof.kind === 'failed' ? { kind: 'unproved', error: proof.error } : { kind: 'moved' },
		);
		const proved = notifications.flatMap((notification, index) => {
			const proof = proofs[index];
			return proof === undefined || proof.kind === 'failed' ? [] : [{ notification, proof, index }];
		});
		const completed = await this.#complete(proved.map(({ notification, proof }) => completion(notification, proof, '')));
		proved.forEach(({ index, proof }, position) => {
			outcomes[index] = finishOutcome(completed[position], proof);
		});
		return outcomes;
	}

	async #claim(decisions: readonly Decision[]): Promise<readonly (ClaimResult | DomainError)[]> {
		const items = decisions.map(
			({ id, from, transition, to, author }): ClaimItem => ({ id, expectedStates: [...from], transition, target: to, author }),
		);
		await crashpoint('engine.claim.before');
		const results = await inHalves(items, async (some) => (await this.#deps.notifications.claim({ items: some })).results);
		await crashpoint('engine.claim.after');
		return results;
	}

	/** @returns one result for each; undefined where it could not be told: whoever asked looks again */
	async #complete(items: readonly CompleteItem[]): Promise<readonly (CompleteResult | undefined)[]> {
		if (items.length === 0) return [];
		await crashpoint('engine.complete.before');
		const results = await inHalves(items, async (some) => (await this.#deps.notifications.complete({ items: some })).results);
		await crashpoint('engine.complete.after');
		return results.map((result) => (result instanceof DomainError ? undefined : result));
	}

	async #marked<T>(ids: readonly number[], run: () => Promise<T>): Promise<T> {
		for (const id of ids) this.#underWay.set(id, (this.#underWay.get(id) ?? 0) + 1);
		try {
			return await run();
		} finally {
			for (const id of ids) {
				const left = (this.#underWay.get(id) ?? 1) - 1;
				if (left === 0) this.#underWay.delete(id);
				else this.#underWay.set(id, left);
			}
		}
	}
}

/** @param notification with the claim that is meant */
function completion({ id, claim }: Notification, proof: Proof, failure: string): CompleteItem {
	return { id, transition: claim?.transition ?? Transition.UNSPECIFIED, evidence: refOf(proof), failure, decidedAt: claim?.decidedAt };
}

function refOf(proof: Proof) {
	if (proof.kind !== 'evidence') return undefined;
	const { id, transition, sha256, decidedAt } = proof.evidence;
	return { transition, evidenceId: id, sha256, decidedAt };
}

function finishOutcome(result: CompleteResult | undefined, proof: Proof): FinishOutcome {
	const outcome = result?.outcome;
	if (outcome?.$case === 'notification') {
		return { kind: 'published', notification: outcome.value, evidence: proof.kind === 'evidence' ? proof.evidence : undefined };
	}
	return outcome?.value.reason === 'NOTIFICATION_UNKNOWN' ? { kind: 'unknown' } : { kind: 'moved' };
}

function answered(claim: ClaimResult | DomainError | undefined): ClaimResult | undefined {
	return claim instanceof DomainError ? undefined : claim;
}

/** Whether nothing is left to decide: the notification is unknown or in another state. */
function isSettled(claim: ClaimResult | undefined): boolean {
	return claim?.outcome === ClaimOutcome.STATE || claim?.outcome === ClaimOutcome.UNKNOWN;
}

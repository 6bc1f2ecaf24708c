import type { ItemFailure } from '@fefaent/contracts/common';
import type { CancelRequest, CancelResponse } from '@fefaent/contracts/lifecycle';
import { NotificationView, State, Transition } from '@fefaent/contracts/notification';
import { distinct } from '../domain/batches.ts';
import { refuseForeign } from '../domain/practise.ts';
import { allStates } from '../domain/states.ts';
import { itemFailure } from '../errors.ts';
import type { Decision, DecisionOutcome } from '../transitions/run.ts';
import { checkBatch, type HandlerDeps, load, unproved } from './deps.ts';

const notDiscarded = allStates.filter((state) => state !== State.DISCARDED);

/** Discards, from any state, the final ones included; a second time it is a success again (eNotumLite contract, decision 11). */
export async function cancel(request: CancelRequest, deps: HandlerDeps): Promise<CancelResponse> {
	checkBatch(request.ids);
	const notifications = await load(request.ids, NotificationView.SUMMARY, deps);
	const failures = new Map<number, ItemFailure | undefined>();
	const wanted: number[] = [];
	for (const id of distinct(request.ids)) {
		const refusal = refuseForeign(notifications.get(id), request.issuerCode);
		if (refusal !== undefined) failures.set(id, refusal);
		else if (notifications.get(id)?.state !== State.DISCARDED) wanted.push(id);
	}
	const outcomes = await discard(wanted, deps);
	wanted.forEach((id, index) => {
		failures.set(id, failureOf(id, outcomes[index], deps));
	});
	return { results: request.ids.map((id) => ({ id, failure: failures.get(id) })) };
}

/** A deposit that cannot be proved keeps no cancellation waiting: it is given up. A recipient's decision that was first is proved before. */
async function discard(ids: readonly number[], deps: HandlerDeps): Promise<readonly DecisionOutcome[]> {
	if (ids.length === 0) return [];
	const outcomes = [...(await deps.runner.run(ids.map(discarding)))];
	const waiting = ids.filter((_, index) => outcomes[index]?.kind === 'unproved');
	if (waiting.length === 0) return outcomes;
	const found = await load(waiting, NotificationView.SUMMARY, deps);
	const deposits = waiting.filter((id) => found.get(id)?.claim?.transition === Transition.DEPOSIT);
	const over = await deps.runner.giveUp(deposits.map((id) => ({ decision: depositing(id), reason: 'CANCELLED' })));
	const free = deposits.filter((_, index) => over[index]);
	if (free.length === 0) return outcomes;
	const again = await deps.runner.run(free.map(discarding));
	free.forEach((id, index) => {
		const outcome = again[index];
		if (outcome !== undefined) outcomes[ids.indexOf(id)] = outcome;
	});
	return outcomes;
}

function discarding(id: number): Decision {
	return { id, from: notDiscarded, transition: Transition.DISCARD, to: State.DISCARDED, author: { actor: 'issuer' } };
}

/** The deposit that stands in the way, as the engine decided it. */
function depositing(id: number): Decision {
	return { id, from: [State.ENTERED, State.FAILED], transition: Transition.DEPOSIT, to: State.DEPOSITED, author: { actor: 'engine' } };
}

function failureOf(id: number, outcome: DecisionOutcome | undefined, deps: HandlerDeps): ItemFailure | undefined {
	if (outcome?.kind === 'published') return undefined;
	if (outcome?.kind === 'unproved') return unproved(id, outcome.error, deps);
	// From any other state it would have been discarded.
	return outcome?.kind === 'elsewhere' ? undefined : itemFailure('NOTIFICATION_UNKNOWN');
}

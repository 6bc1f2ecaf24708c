import type { ItemFailure } from '@fefaent/contracts/common';
import type { CancelRequest, CancelResponse } from '@fefaent/contracts/lifecycle';
import { State, Transition } from '@fefaent/contracts/notification';
import { distinct } from '../domain/batches.ts';
import { refuseForeign } from '../domain/practise.ts';
import { allStates } from '../domain/states.ts';
import { itemFailure } from '../errors.ts';
import type { DecisionOutcome } from '../transitions/run.ts';
import { checkBatch, type HandlerDeps, load, unproved } from './deps.ts';

const notDiscarded = allStates.filter((state) => state !== State.DISCARDED);

/** Discards, from any state, the final ones included; a second time it is a success again (eNotumLite contract, decision 11). */
export async function cancel(request: CancelRequest, deps: HandlerDeps): Promise<CancelResponse> {
	checkBatch(request.ids);
	const notifications = await load(request.ids, deps);
	const failures = new Map<number, ItemFailure | undefined>();
	const wanted: number[] = [];
	for (const id of distinct(request.ids)) {
		const refusal = refuseForeign(notifications.get(id), request.issuerCode);
		if (refusal !== undefined) failures.set(id, refusal);
		else if (notifications.get(id)?.state !== State.DISCARDED) wanted.push(id);
	}
	const author = { actor: 'issuer' };
	const outcomes =
		wanted.length === 0
			? []
			: await deps.runner.run(
					wanted.map((id) => ({ id, from: notDiscarded, transition: Transition.DISCARD, to: State.DISCARDED, author })),
				);
	wanted.forEach((id, index) => {
		failures.set(id, failureOf(id, outcomes[index], deps));
	});
	return { results: request.ids.map((id) => ({ id, failure: failures.get(id) })) };
}

function failureOf(id: number, outcome: DecisionOutcome | undefined, deps: HandlerDeps): ItemFailure | undefined {
	if (outcome?.kind === 'published') return undefined;
	if (outcome?.kind === 'unproved') return unproved(id, outcome.error, deps);
	// From any other state it would have been discarded.
	return outcome?.kind === 'elsewhere' ? undefined : itemFailure('NOTIFICATION_UNKNOWN');
}

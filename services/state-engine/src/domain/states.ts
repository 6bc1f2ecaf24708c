import { State, Transition } from '@fefaent/contracts/notification';

/** Every state that a notification can be in. */
export const allStates: readonly State[] = [
	State.ENTERED,
	State.DEPOSITED,
	State.ACCEPTED,
	State.REJECTED,
	State.EXPIRED,
	State.FAILED,
	State.DISCARDED,
];

const atRest: ReadonlySet<State> = new Set([State.ACCEPTED, State.REJECTED, State.EXPIRED, State.FAILED, State.DISCARDED]);

const proved: ReadonlySet<Transition> = new Set([Transition.DEPOSIT, Transition.ACCEPT, Transition.REJECT, Transition.EXPIRE]);

/** Whether nothing happens to such a notification by itself any more but its purge. */
export function isAtRest(state: State): boolean {
	return atRest.has(state);
}

/** Whether a transition has an evidence: failures and discards have none (eNotumLite contract, section 8). */
export function needsEvidence(transition: Transition): boolean {
	return proved.has(transition);
}

/** The state that a decision of a recipient leads to; undefined for what is no such decision. */
export function stateOfDecision(decision: Transition): State | undefined {
	if (decision === Transition.ACCEPT) return State.ACCEPTED;
	return decision === Transition.REJECT ? State.REJECTED : undefined;
}

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

/** The state that a decision of a recipient leads to; undefined for what is no such decision. */
export function stateOfDecision(decision: Transition): State | undefined {
	if (decision === Transition.ACCEPT) return State.ACCEPTED;
	return decision === Transition.REJECT ? State.REJECTED : undefined;
}

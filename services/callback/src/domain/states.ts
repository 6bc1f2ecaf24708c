import { State, Transition } from '@fefaent/contracts/notification';

/** States that can be told: all that come after the entry, which the issuer's own request made. */
export type ToldState = keyof typeof words;

/** How each state is called: in the eNotumLite dialect (section 6), and in event types. */
const words = {
	[State.DEPOSITED]: { enotumlite: 'DIPOSITADA', event: 'deposited', transition: Transition.DEPOSIT },
	[State.ACCEPTED]: { enotumlite: 'ACCEPTADA', event: 'accepted', transition: Transition.ACCEPT },
	[State.REJECTED]: { enotumlite: 'REBUTJADA', event: 'rejected', transition: Transition.REJECT },
	[State.EXPIRED]: { enotumlite: 'EXPIRADA', event: 'expired', transition: Transition.EXPIRE },
	[State.FAILED]: { enotumlite: 'ERROR', event: 'failed', transition: Transition.FAIL },
	[State.DISCARDED]: { enotumlite: 'DESCARTADA', event: 'discarded', transition: Transition.DISCARD },
} as const;

/** Whether a state is one that can be told. */
export function isTold(state: State): state is ToldState {
	return state in words;
}

/** The names of a state. */
export function wordsOf(state: ToldState): (typeof words)[ToldState] {
	return words[state];
}

/**
 * Whether an endpoint wants to be told of a state. By default deposit and every final state (eNotumLite contract, decision 12); a failure and a discard
 * end the process as well.
 */
export function wants(endpoint: { readonly states: readonly State[] }, state: State): state is ToldState {
	return isTold(state) && (endpoint.states.length === 0 || endpoint.states.includes(state));
}

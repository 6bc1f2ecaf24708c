import { State, Transition } from '@fefaent/contracts/notification';

/** What a transition is allowed to do. */
export interface TransitionRule {
	readonly target: State;
	/** The states it may be decided from. */
	readonly from: readonly State[];
}

/**
 * The steps there are. Deposit from FAILED is the retry of a deposit that was given up. A deposited notification has its legal effects and so
 * cannot fail any more. Discard is open from every state, the final ones included (eNotumLite contract, decision 11).
 */
const rules: Readonly<Partial<Record<Transition, TransitionRule>>> = {
	[Transition.DEPOSIT]: { target: State.DEPOSITED, from: [State.ENTERED, State.FAILED] },
	[Transition.ACCEPT]: { target: State.ACCEPTED, from: [State.DEPOSITED] },
	[Transition.REJECT]: { target: State.REJECTED, from: [State.DEPOSITED] },
	[Transition.EXPIRE]: { target: State.EXPIRED, from: [State.DEPOSITED] },
	[Transition.FAIL]: { target: State.FAILED, from: [State.ENTERED] },
	[Transition.DISCARD]: {
		target: State.DISCARDED,
		from: [State.ENTERED, State.DEPOSITED, State.ACCEPTED, State.REJECTED, State.EXPIRED, State.FAILED],
	},
};

/** The rule of a transition; nothing for a transition that does not exist. */
export function ruleOf(transition: Transition): TransitionRule | undefined {
	return rules[transition];
}

/** The recipient's time to decide is over: it was accepted, rejected or left to expire. */
export function isPractised(state: State): boolean {
	return state === State.ACCEPTED || state === State.REJECTED || state === State.EXPIRED;
}

/** The name of a state or transition without its prefix, as a timeline shows it: `STATE_DEPOSITED` is `DEPOSITED`. */
export function shortName(name: State | Transition): string {
	return name.replace(/^(STATE|TRANSITION)_/, '');
}

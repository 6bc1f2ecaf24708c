import { State, Transition } from './gen/fefaent/notification/v1/notification.ts';

/** What every service must know alike of the states and transitions of a notification, where the messages cannot say it. */

const atRest: ReadonlySet<State> = new Set([State.ACCEPTED, State.REJECTED, State.EXPIRED, State.FAILED, State.DISCARDED]);

const proved: ReadonlySet<Transition> = new Set([Transition.DEPOSIT, Transition.ACCEPT, Transition.REJECT, Transition.EXPIRE]);

/** Whether nothing happens to such a notification by itself any more but its export and purge, once its retention ends. */
export function isAtRest(state: State): boolean {
	return atRest.has(state);
}

/** Whether a transition is completed by an evidence: failures and discards have none (eNotumLite contract, section 8). */
export function isProved(transition: Transition): boolean {
	return proved.has(transition);
}

/** A deposit that cannot be proved is given up after some tries, and may be decided again; the other decisions stand until they are proved. */
export function mayBeGivenUp(transition: Transition): boolean {
	return transition === Transition.DEPOSIT;
}

import { expect, it } from 'vitest';
import { isAtRest, isProved, State, Transition } from './notification.ts';

it('knows which states are at rest', () => {
	expect(Object.values(State).filter(isAtRest)).toEqual([State.ACCEPTED, State.REJECTED, State.EXPIRED, State.FAILED, State.DISCARDED]);
});

it('knows which transitions have an evidence', () => {
	expect(Object.values(Transition).filter(isProved)).toEqual([Transition.DEPOSIT, Transition.ACCEPT, Transition.REJECT, Transition.EXPIRE]);
});

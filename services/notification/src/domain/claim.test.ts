import { ClaimOutcome, State, Transition } from '@fefaent/contracts/notification';
import { describe, expect, it } from 'vitest';
import { after, claimItem, entered, inState, noon, states, transitions, walked } from '../testing/fixtures.ts';
import { claim } from './claim.ts';
import { liveOf } from './decision.ts';

/** From which states each transition can be decided; everything else is refused. */
const open: Readonly<Record<string, readonly State[]>> = {
	[Transition.DEPOSIT]: [State.ENTERED, State.FAILED],
	[Transition.ACCEPT]: [State.DEPOSITED],
	[Transition.REJECT]: [State.DEPOSITED],
	[Transition.EXPIRE]: [State.DEPOSITED],
	[Transition.FAIL]: [State.ENTERED],
	[Transition.DISCARD]: states.filter((state) => state !== State.DISCARDED),
};
const targets: Readonly<Record<string, State>> = {
	[Transition.DEPOSIT]: State.DEPOSITED,
	[Transition.ACCEPT]: State.ACCEPTED,
	[Transition.REJECT]: State.REJECTED,
	[Transition.EXPIRE]: State.EXPIRED,
	[Transition.FAIL]: State.FAILED,
	[Transition.DISCARD]: State.DISCARDED,
};
const cases = states.flatMap((state) => transitions.map((transition) => ({ state, transition })));

describe('claim', () => {
	it.each(cases)('of $transition on $state, every state expected', ({ state, transition }) => {
		const before = inState(state);
		const { result, next, events } = claim(before, claimItem(1, transition), after(60_000));
		const opened = open[transition]?.includes(state) ?? false;
		const again = targets[transition] === state;
		expect(result.outcome).toBe(opened || again ? ClaimOutcome.CLAIMED : ClaimOutcome.STATE);
		expect(events).toEqual([]);
		if (!opened) {
			expect(next).toBeUndefined();
			expect(result.notification).toEqual(before);
			return;
		}
		expect(liveOf(next)).toEqual({
			...before,
			version: before.version + 1,
			claim: { transition, target: targets[transition], decidedAt: after(60_000), author: { actor: 'engine' } },
			timeline: [
				...before.timeline,
				{ category: 'CLAIMED', at: after(60_000), actor: 'engine', detail: transition.replace('TRANSITION_', '') },
			],
		});
		expect(result.notification).toEqual(liveOf(next));
	});

	it.each(cases)('of $transition on $state is refused when that state is not expected', ({ state, transition }) => {
		const others = states.filter((other) => other !== state);
		const { result, next } = claim(inState(state), claimItem(1, transition, others), after(60_000));
		expect(result.outcome).toBe(ClaimOutcome.STATE);
		expect(next).toBeUndefined();
	});

	it.each(transitions.flatMap((pending) => transitions.map((asked) => ({ pending, asked }))))(
		'of $asked while $pending is pending',
		({ pending, asked }) => {
			const start = inState(open[pending]?.[0] ?? State.ENTERED);
			const claimed = claim(start, claimItem(1, pending), after(60_000)).result.notification;
			const { result, next } = claim(claimed, { ...claimItem(1, asked), author: { actor: 'issuer' } }, after(90_000));
			expect(result.outcome).toBe(pending === asked ? ClaimOutcome.CLAIMED : ClaimOutcome.PENDING_OTHER);
			expect(next).toBeUndefined();
			expect(result.notification?.claim).toEqual(claimed?.claim);
		},
	);

	it('of an unknown notification says so', () => {
		expect(claim(undefined, claimItem(9, Transition.DEPOSIT), noon)).toEqual({
			result: { id: 9, outcome: ClaimOutcome.UNKNOWN, notification: undefined },
			events: [],
		});
	});

	it('is never decided before what happened last', () => {
		const early = claim(inState(State.DEPOSITED), claimItem(1, Transition.ACCEPT), new Date(0));
		expect(liveOf(early.next)?.claim?.decidedAt).toEqual(after(1000));
	});

	it('of a deposit given up before has an instant of its own', () => {
		const failed = inState(State.FAILED);
		const last = failed.timeline.at(-1)?.at ?? noon;
		for (const now of [last, new Date(0)]) {
			const { next } = claim(failed, claimItem(1, Transition.DEPOSIT), now);
			expect(liveOf(next)?.claim?.decidedAt).toEqual(new Date(last.getTime() + 1));
		}
	});

	it('leaves what it was given as it is', () => {
		const before = entered();
		const copy = structuredClone(before);
		claim(before, claimItem(1, Transition.DEPOSIT), noon);
		walked(before, Transition.DEPOSIT, Transition.ACCEPT);
		expect(before).toEqual(copy);
	});
});

import { NotificationEventType } from '@fefaent/contracts/events';
import { type Notification, State, Transition } from '@fefaent/contracts/notification';
import { describe, expect, it } from 'vitest';
import { after, author, claimItem, completeItem, entered, evidence, inState, noon, walked } from '../testing/fixtures.ts';
import { claim } from './claim.ts';
import { complete } from './complete.ts';
import { liveOf } from './decision.ts';

function claimed(notification: Notification, transition: Transition, at = after(60_000)): Notification {
	return claim(notification, claimItem(1, transition), at).result.notification as Notification;
}

describe('complete', () => {
	it.each([
		{ transition: Transition.DEPOSIT, from: State.ENTERED, to: State.DEPOSITED, dates: { depositedAt: after(60_000) } },
		{ transition: Transition.DEPOSIT, from: State.FAILED, to: State.DEPOSITED, dates: { depositedAt: after(60_000) } },
		{
			transition: Transition.ACCEPT,
			from: State.DEPOSITED,
			to: State.ACCEPTED,
			dates: { practisedAt: after(60_000), practisedBy: author },
		},
		{
			transition: Transition.REJECT,
			from: State.DEPOSITED,
			to: State.REJECTED,
			dates: { practisedAt: after(60_000), practisedBy: author },
		},
		{ transition: Transition.EXPIRE, from: State.DEPOSITED, to: State.EXPIRED, dates: { practisedAt: after(60_000) } },
		{ transition: Transition.DISCARD, from: State.ACCEPTED, to: State.DISCARDED, dates: {} },
		{ transition: Transition.DISCARD, from: State.ENTERED, to: State.DISCARDED, dates: {} },
	])('of $transition from $from publishes $to at the instant of the decision', ({ transition, from, to, dates }) => {
		const before = claimed(inState(from), transition);
		const { result, next, events } = complete(before, completeItem(1, transition), after(90_000));
		const proof = completeItem(1, transition).evidence;
		const expected: Notification = {
			...before,
			...dates,
			version: before.version + 1,
			state: to,
			claim: undefined,
			failure: '',
			evidences: proof ? [...before.evidences, proof] : before.evidences,
			timeline: [
				...before.timeline,
				{ category: to.replace('STATE_', ''), at: after(60_000), actor: 'engine', detail: proof?.evidenceId ?? '' },
			],
		};
		expect(liveOf(next)).toEqual(expected);
		expect(result).toEqual({ kind: 'complete', notification: expected });
		expect(events).toEqual([
			{
				notificationId: 1,
				version: before.version + 1,
				type: NotificationEventType.STATE_CHANGED,
				state: to,
				previousState: from,
				at: after(60_000),
				issuerCode: 'DEMO',
				evidenceId: proof?.evidenceId ?? '',
				dialect: 'DIALECT_ENOTUMLITE_HEAD',
				expiryDays: 10,
				firstNotice: true,
				reminder: false,
				receivedAt: noon,
			},
		]);
	});

	it.each([
		{ transition: Transition.DEPOSIT, failure: 'TSA_UNAVAILABLE', from: State.ENTERED, reason: 'TSA_UNAVAILABLE' },
		{ transition: Transition.DEPOSIT, failure: 'TSA_UNAVAILABLE', from: State.FAILED, reason: 'TSA_UNAVAILABLE' },
		{ transition: Transition.FAIL, failure: 'BROKEN', from: State.ENTERED, reason: 'BROKEN' },
		{ transition: Transition.FAIL, failure: '', from: State.ENTERED, reason: 'UNSPECIFIED' },
	])('of $transition given up with "$failure" fails the notification', ({ transition, failure, from, reason }) => {
		const before = claimed(inState(from), transition);
		const { next, events } = complete(before, completeItem(1, transition, failure), after(90_000));
		expect(liveOf(next)).toMatchObject({
			state: State.FAILED,
			failure: reason,
			claim: undefined,
			version: before.version + 1,
			evidences: [],
		});
		expect(liveOf(next)?.timeline.at(-1)).toEqual({ category: 'FAILED', at: after(90_000), actor: 'engine', detail: reason });
		expect(events).toMatchObject([{ state: State.FAILED, previousState: from, at: after(90_000), evidenceId: '' }]);
	});

	it('answers what is complete already, and changes nothing', () => {
		const accepted = inState(State.ACCEPTED);
		for (const item of [completeItem(1, Transition.ACCEPT), completeItem(1, Transition.DEPOSIT)]) {
			expect(complete(accepted, item, noon)).toEqual({ result: { kind: 'complete', notification: accepted }, events: [] });
		}
		const discarded = walked(accepted, Transition.DISCARD);
		expect(complete(discarded, completeItem(1, Transition.DISCARD), noon).result).toEqual({ kind: 'complete', notification: discarded });
		expect(complete(discarded, completeItem(1, Transition.ACCEPT), noon).result).toEqual({ kind: 'complete', notification: discarded });
		const failed = inState(State.FAILED);
		expect(complete(failed, completeItem(1, Transition.DEPOSIT, 'TSA_UNAVAILABLE'), noon).result.kind).toBe('complete');
	});

	it('of a deposit is about that very one: neither the proof nor the giving up of an earlier one says anything of it', () => {
		const failed = inState(State.FAILED);
		const before = claimed(failed, Transition.DEPOSIT);
		const missed = { result: { kind: 'failed', reason: 'CLAIM_MISSING' }, events: [] };
		const early = { ...completeItem(1, Transition.DEPOSIT), evidence: { ...evidence(1, Transition.DEPOSIT), decidedAt: after(30_000) } };
		expect(complete(before, early, after(90_000))).toEqual(missed);
		expect(complete(before, { ...completeItem(1, Transition.DEPOSIT), decidedAt: after(30_000) }, after(90_000))).toEqual(missed);
		const late = { ...completeItem(1, Transition.DEPOSIT, 'TSA_UNAVAILABLE'), decidedAt: after(30_000) };
		// The giving up of the earlier one is over, and stays so.
		expect(complete(before, late, after(90_000))).toEqual({ result: { kind: 'complete', notification: before }, events: [] });
		const own = { ...early, evidence: { ...early.evidence, decidedAt: after(60_000) }, decidedAt: after(60_000) };
		expect(liveOf(complete(before, own, after(90_000)).next)).toMatchObject({ state: State.DEPOSITED, depositedAt: after(60_000) });
	});

	it('of what is decided once says the instant that its proof states', () => {
		const transition = Transition.ACCEPT;
		const before = claimed(inState(State.DEPOSITED), transition);
		const item = { ...completeItem(1, transition), evidence: { ...evidence(1, transition), decidedAt: after(30_000) } };
		const { next, events } = complete(before, item, after(90_000));
		expect(liveOf(next)?.practisedAt).toEqual(after(30_000));
		expect(liveOf(next)?.timeline.at(-1)?.at).toEqual(after(30_000));
		expect(events).toMatchObject([{ at: after(30_000) }]);
	});

	it('keeps the proof that came first', () => {
		const accepted = inState(State.ACCEPTED);
		const other = { ...completeItem(1, Transition.ACCEPT), evidence: { ...evidence(1, Transition.ACCEPT), evidenceId: 'another' } };
		expect(complete(accepted, other, noon).result).toEqual({ kind: 'complete', notification: accepted });
	});

	it.each([
		{ what: 'nothing decided', notification: entered(), item: completeItem(1, Transition.DEPOSIT) },
		{
			what: 'another decision pending',
			notification: claimed(inState(State.DEPOSITED), Transition.REJECT),
			item: completeItem(1, Transition.ACCEPT),
		},
		{ what: 'another decision complete', notification: inState(State.REJECTED), item: completeItem(1, Transition.ACCEPT) },
		{ what: 'the deposit given up', notification: inState(State.FAILED), item: completeItem(1, Transition.DEPOSIT) },
		{ what: 'the deposit complete', notification: inState(State.DEPOSITED), item: completeItem(1, Transition.DEPOSIT, 'TSA_UNAVAILABLE') },
	])('misses the claim with $what', ({ notification, item }) => {
		expect(complete(notification, item, noon)).toEqual({ result: { kind: 'failed', reason: 'CLAIM_MISSING' }, events: [] });
	});

	it('of an unknown notification says so', () => {
		expect(complete(undefined, completeItem(1, Transition.DEPOSIT), noon).result).toEqual({
			kind: 'failed',
			reason: 'NOTIFICATION_UNKNOWN',
		});
	});
});

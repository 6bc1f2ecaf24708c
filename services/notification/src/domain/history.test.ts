import { NotificationEventType } from '@fefaent/contracts/events';
import { ClaimOutcome, type Notification, State, Transition } from '@fefaent/contracts/notification';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claimItem, completeItem, entered, noon, states, transitions } from '../testing/fixtures.ts';
import { claim } from './claim.ts';
import { complete } from './complete.ts';
import { type Decision, liveOf, type NewEvent, type Stored, versionOf } from './decision.ts';
import { remind } from './remind.ts';
import { markExported, purge } from './retention.ts';

type Step = (stored: Stored, now: Date) => Decision<unknown>;

/** Any command that a caller may send, at any time; time may even seem to go back. */
const commands: fc.Arbitrary<{ readonly what: string; readonly step: Step }> = fc.oneof(
	fc
		.record({ transition: fc.constantFrom(...transitions), expected: fc.subarray([...states], { minLength: 1 }) })
		.map(({ transition, expected }) => ({
			what: `claim ${transition}`,
			step: (stored: Stored, now: Date) => claim(liveOf(stored), claimItem(1, transition, expected), now),
		})),
	fc.constantFrom(...transitions).map((transition) => ({
		what: `complete ${transition}`,
		step: (stored: Stored, now: Date) => complete(liveOf(stored), completeItem(1, transition), now),
	})),
	fc.constant({
		what: 'give up',
		step: (stored: Stored, now: Date) => complete(liveOf(stored), completeItem(1, Transition.DEPOSIT, 'TSA_UNAVAILABLE'), now),
	}),
	fc.constant({ what: 'remind', step: (stored: Stored, now: Date) => remind(liveOf(stored), now) }),
	fc.constant({ what: 'export', step: (stored: Stored, now: Date) => markExported(liveOf(stored), versionOf(stored), now) }),
	fc.constant({ what: 'purge', step: (stored: Stored, now: Date) => purge(stored, now) }),
);

/** How far along a state is; a failed deposit may be retried. */
const rank: Readonly<Record<string, number>> = {
	[State.ENTERED]: 0,
	[State.FAILED]: 1,
	[State.DEPOSITED]: 2,
	[State.ACCEPTED]: 3,
	[State.REJECTED]: 3,
	[State.EXPIRED]: 3,
	[State.DISCARDED]: 4,
};

function checkRecord(notification: Notification): void {
	const { timeline, evidences } = notification;
	for (const [index, entry] of timeline.entries())
		expect(entry.at?.getTime()).toBeGreaterThanOrEqual(timeline[index - 1]?.at?.getTime() ?? 0);
	expect(new Set(evidences.map((one) => one.transition)).size).toBe(evidences.length);
	const practised = evidences.filter((one) => one.transition !== Transition.DEPOSIT);
	expect(practised.length).toBeLessThanOrEqual(1);
	if (notification.practisedAt && notification.depositedAt) {
		expect(notification.practisedAt.getTime()).toBeGreaterThanOrEqual(notification.depositedAt.getTime());
	}
	expect(notification.practisedAt !== undefined).toBe(practised.length === 1);
	expect(notification.depositedAt !== undefined).toBe(evidences.some((one) => one.transition === Transition.DEPOSIT));
	expect(notification.failure !== '').toBe(notification.state === State.FAILED);
}

it('whatever is commanded in whatever order, the history is that of one notification', () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(commands, fc.integer({ min: -5000, max: 60_000 })), { maxLength: 60 }), (steps) => {
			let stored: Stored = { kind: 'live', notification: entered() };
			let now = noon.getTime();
			const events: NewEvent[] = [];
			for (const [{ step }, passed] of steps) {
				now += passed;
				const decision = step(stored, new Date(now));
				if (!decision.next) {
					expect(decision.events).toEqual([]);
					// Asked again at once, it changes nothing either.
					expect(step(stored, new Date(now)).next).toBeUndefined();
					continue;
				}
				const before = stored;
				expect(before.kind).toBe('live');
				expect(versionOf(decision.next)).toBe(versionOf(before) + 1);
				for (const event of decision.events) expect(event.version).toBe(versionOf(decision.next));
				events.push(...decision.events);
				const [from, to] = [liveOf(before), liveOf(decision.next)];
				if (from && to) {
					checkRecord(to);
					const moved = (rank[to.state] ?? -1) - (rank[from.state] ?? 0);
					expect(moved).toBeGreaterThanOrEqual(0);
					if (from.state !== to.state) expect(moved).toBeGreaterThan(0);
					// One decision at a time: a claim goes only by being completed or given up.
					if (from.claim && to.claim) expect(to.claim).toEqual(from.claim);
					expect(to.evidences.slice(0, from.evidences.length)).toEqual(from.evidences);
				}
				// The same command again finds its own result.
				expect(step(decision.next, new Date(now)).next).toBeUndefined();
				stored = decision.next;
			}
			const versions = events.map((event) => event.version);
			expect(versions).toEqual([...versions].sort((one, other) => one - other));
			expect(events.filter((event) => event.type === NotificationEventType.REMINDER_DUE).length).toBeLessThanOrEqual(1);
			expect(events.filter((event) => event.type === NotificationEventType.PURGED).length).toBe(stored.kind === 'purged' ? 1 : 0);
		}),
		{ numRuns: 500 },
	);
});

it('of all decisions taken at once, one wins', () => {
	fc.assert(
		fc.property(fc.shuffledSubarray([...transitions], { minLength: 2 }), fc.constantFrom(...states), (rivals, state) => {
			const start = entered();
			let current: Notification = { ...start, state };
			const won = rivals.filter((transition) => {
				const { result, next } = claim(current, claimItem(1, transition), noon);
				current = liveOf(next) ?? current;
				return result.outcome === ClaimOutcome.CLAIMED && next !== undefined;
			});
			expect(won.length).toBeLessThanOrEqual(1);
			expect(won[0]).toBe(current.claim?.transition);
		}),
	);
});

import { AddressState, Channel, NoticeKind, NoticeState } from '@fefaent/contracts/notifier';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureName, failures, isPermanent } from './failures.ts';
import { afterAttempt, afterDrop, type NoticeRecord, pendingAddresses, publicNotice, type RetryRule, redriven } from './notice.ts';
import { type AddressOutcome, postponed } from './outcome.ts';

const now = new Date('2026-03-01T10:00:00Z');
const rule: RetryRule = { attempts: 3, backoff: { firstMs: 60_000, factor: 4, maxMs: 3_600_000, jitter: 0 }, random: () => 0.5 };

function notice(addresses: readonly string[], attempts = 1): NoticeRecord {
	return {
		id: 'n-1',
		notificationId: 7,
		recipientIndex: 0,
		channel: Channel.EMAIL,
		kind: NoticeKind.FIRST,
		state: NoticeState.PENDING,
		attempts,
		recordedAt: now,
		dueAt: now,
		settledAt: undefined,
		document: {
			addresses: addresses.map((address) => ({ address, state: AddressState.PENDING, failure: '', providerReference: '' })),
			content: undefined,
			failure: '',
			traceparent: '',
			issuerCode: '',
		},
	};
}

const ok: AddressOutcome = { kind: 'accepted', reference: 'q1' };
const fail = (failure: FailureName): AddressOutcome => ({ kind: 'failed', failure });

describe('afterAttempt', () => {
	it.each<[string, readonly AddressOutcome[], number, NoticeState, string]>([
		['all taken', [ok, ok], 1, NoticeState.SENT, ''],
		['one for good, one taken', [ok, fail('MAILBOX_UNKNOWN')], 1, NoticeState.SENT, 'MAILBOX_UNKNOWN'],
		['one for now, one taken', [ok, fail('THROTTLED')], 1, NoticeState.PENDING, 'THROTTLED'],
		['all for good', [fail('MAILBOX_UNKNOWN'), fail('MESSAGE_REFUSED')], 1, NoticeState.FAILED, 'MESSAGE_REFUSED'],
		['for now, and no attempt left', [fail('TIMED_OUT'), fail('TIMED_OUT')], 3, NoticeState.FAILED, 'TIMED_OUT'],
		['one taken, the other out of attempts', [ok, fail('TIMED_OUT')], 3, NoticeState.SENT, 'TIMED_OUT'],
	])('%s', (_, outcomes, attempts, state, failure) => {
		const after = afterAttempt(notice(['a', 'b'], attempts), new Map(outcomes.entries()), now, rule);
		expect([after.state, after.document.failure]).toEqual([state, failure]);
		expect(after.settledAt).toEqual(state === NoticeState.PENDING ? undefined : now);
	});

	it('waits longer after each attempt', () => {
		const waits = [1, 2].map((attempts) => {
			const after = afterAttempt(notice(['a'], attempts), new Map([[0, fail('TIMED_OUT')]]), now, rule);
			return after.dueAt.getTime() - now.getTime();
		});
		expect(waits).toEqual([60_000, 240_000]);
	});

	it('tries again only what was not taken', () => {
		const after = afterAttempt(
			notice(['a', 'b']),
			new Map([
				[0, ok],
				[1, fail('MAILBOX_FULL')],
			]),
			now,
			rule,
		);
		expect(pendingAddresses(after)).toEqual([{ index: 1, address: 'b' }]);
	});

	it.each<[string, readonly AddressOutcome[], number, number, readonly string[], string]>([
		['nothing handed over: no try is spent', [postponed, postponed], 1, 0, ['a', 'b'], ''],
		['nothing handed over by the last try', [postponed, postponed], 3, 2, ['a', 'b'], ''],
		['one handed over: a try is spent', [fail('TIMED_OUT'), postponed], 1, 1, ['a', 'b'], 'TIMED_OUT'],
		['one given up by the last try: the other still has its turn', [fail('TIMED_OUT'), postponed], 3, 2, ['b'], 'TIMED_OUT'],
		['one taken by the last try: the other still has its turn', [ok, postponed], 3, 2, ['b'], ''],
	])('%s', (_, outcomes, before, attempts, left, failure) => {
		const after = afterAttempt(notice(['a', 'b'], before), new Map(outcomes.entries()), now, rule);
		expect([after.state, after.attempts, after.document.failure]).toEqual([NoticeState.PENDING, attempts, failure]);
		expect(pendingAddresses(after).map(({ address }) => address)).toEqual(left);
		expect(after.dueAt.getTime()).toBeGreaterThan(now.getTime());
	});

	it('keeps a dropped notice dropped, unless it went out after all', () => {
		const dropped = afterDrop(notice(['a']), now);
		expect(afterAttempt(dropped, new Map([[0, fail('TIMED_OUT')]]), now, rule).state).toBe(NoticeState.DROPPED);
		expect(afterAttempt(dropped, new Map([[0, postponed]]), now, rule).state).toBe(NoticeState.DROPPED);
		expect(afterAttempt(dropped, new Map([[0, ok]]), now, rule).state).toBe(NoticeState.SENT);
	});

	it('ends within the attempts allowed, sends nothing again that was taken, and never ends without a state for each address', () => {
		const names = Object.keys(failures) as FailureName[];
		const outcome = fc.oneof(fc.constant(ok), fc.constantFrom(...names).map(fail));
		fc.assert(
			fc.property(fc.array(fc.array(outcome, { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 3 }), (rounds) => {
				let record = notice(['a', 'b', 'c'], 0);
				const taken = new Set<number>();
				for (const round of rounds) {
					if (record.state !== NoticeState.PENDING) break;
					const tried = pendingAddresses(record).map(({ index }) => index);
					expect(tried.some((index) => taken.has(index))).toBe(false);
					for (const index of tried) if (round[index]?.kind === 'accepted') taken.add(index);
					const outcomes = new Map(tried.flatMap((index) => (round[index] ? [[index, round[index]] as const] : [])));
					record = afterAttempt({ ...record, attempts: record.attempts + 1 }, outcomes, now, rule);
				}
				expect(record.state).toBe(taken.size > 0 ? NoticeState.SENT : NoticeState.FAILED);
				expect(pendingAddresses(record)).toEqual([]);
			}),
		);
	});
});

describe('afterDrop', () => {
	it('says that it was sent where one address has it already', () => {
		const partly = afterAttempt(
			notice(['a', 'b']),
			new Map([
				[0, ok],
				[1, fail('TIMED_OUT')],
			]),
			now,
			rule,
		);
		expect([afterDrop(partly, now).state, afterDrop(notice(['a']), now).state]).toEqual([NoticeState.SENT, NoticeState.DROPPED]);
	});
});

describe('redriven', () => {
	it('starts over with what failed, also for good', () => {
		const failedFor = afterAttempt(notice(['a'], 3), new Map([[0, fail('MAILBOX_UNKNOWN')]]), now, rule);
		const later = new Date(now.getTime() + 1_000);
		const again = redriven(failedFor, later);
		expect(again).toMatchObject({ state: NoticeState.PENDING, attempts: 0, dueAt: later, settledAt: undefined });
		expect(again && pendingAddresses(again)).toHaveLength(1);
	});

	it('leaves every other notice alone', () => {
		const sent = afterAttempt(notice(['a']), new Map([[0, ok]]), now, rule);
		for (const record of [notice(['a']), sent, afterDrop(notice(['a']), now)]) expect(redriven(record, now)).toBeUndefined();
	});
});

it('shows no address to callers', () => {
	const sent = afterAttempt(notice(['maria@example.org']), new Map([[0, ok]]), now, rule);
	expect(JSON.stringify(publicNotice(sent))).not.toContain('maria');
	expect(publicNotice(sent)).toMatchObject({ state: NoticeState.SENT, providerReference: 'q1', nextAttemptAt: undefined, settledAt: now });
});

it('describes every failure and tells whether it is permanent', () => {
	for (const [name, { description }] of Object.entries(failures)) {
		expect(name).toMatch(/^[A-Z_]+$/);
		expect(description.length).toBeGreaterThan(10);
	}
	expect([isPermanent('MAILBOX_UNKNOWN'), isPermanent('TIMED_OUT')]).toEqual([true, false]);
});

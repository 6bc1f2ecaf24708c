import { Language } from '@fefaent/contracts/common';
import { Channel, NoticeKind, NoticeState } from '@fefaent/contracts/notifier';
import { uuidv7 } from '@fefaent/kernel';
import { describe, expect, it } from 'vitest';
import { afterAttempt, type NoticeRecord, redriven } from '../../domain/notice.ts';
import type { AddressOutcome } from '../../domain/outcome.ts';
import { renderBounds } from '../../domain/render.ts';
import type { ClaimedNotice, EventEffect } from '../../store/port.ts';
import { dropEffect, notice, recordEffect as record, rule, start } from './samples.ts';
import type { StoreUnderTest } from './under-test.ts';

const later = (ms: number): Date => new Date(start.getTime() + ms);
const drop = (notificationId: number): EventEffect => dropEffect(notificationId, later(5));

/** Behaviour of the notices of every store. Each case works on notifications of its own. */
export function noticesContract(under: StoreUnderTest): void {
	const { nextId } = under;
	const apply = (...effects: readonly EventEffect[]) => under.store().notices.apply(effects, start);
	const list = (id: number) => under.store().notices.listByNotifications([id]);
	const states = async (id: number) => (await list(id)).map(({ state }) => state);
	const settleAll = (claimed: readonly ClaimedNotice[], outcome: AddressOutcome) =>
		under
			.store()
			.notices.settle(claimed.map((one) => ({ claimed: one, next: (now) => afterAttempt(now, new Map([[0, outcome]]), later(10), rule) })));
	/** Leases notices of one notification; others that are due are sent on the way. */
	const claim = async (
		id: number,
		over: { now?: Date; realNow?: number; owner?: string; leaseUntil?: number; channel?: Channel; except?: readonly string[] } = {},
	) => {
		const claimed = await under.store().notices.claimDue({
			channel: Channel.EMAIL,
			now: start,
			realNow: 1_000,
			owner: 'me',
			leaseUntil: 2_000,
			limit: 1_000,
			...over,
		});
		await settleAll(
			claimed.filter((one) => one.record.notificationId !== id),
			{ kind: 'accepted', reference: '' },
		);
		return claimed.filter((one) => one.record.notificationId === id);
	};

	describe('notices', () => {
		it('are recorded once for each recipient, channel and kind, whatever event brings them', async () => {
			const id = nextId();
			const first = notice(id);
			await apply(record([first, notice(id, { channel: Channel.SMS }), notice(id, { recipientIndex: 1 })]));
			await apply(record([notice(id), notice(id, { kind: NoticeKind.REMINDER })]));
			const kept = await list(id);
			expect(kept.map((one) => [one.kind, one.recipientIndex, one.channel])).toEqual([
				[NoticeKind.FIRST, 0, Channel.EMAIL],
				[NoticeKind.FIRST, 0, Channel.SMS],
				[NoticeKind.FIRST, 1, Channel.EMAIL],
				[NoticeKind.REMINDER, 0, Channel.EMAIL],
			]);
			expect(kept[0]).toEqual(first);
		});

		it('do not come back by an event that had its effect before, once they are purged', async () => {
			const id = nextId();
			const deposited = record([notice(id)]);
			const purged: EventEffect = { kind: 'purge', eventId: uuidv7(start), notificationId: id };
			await apply(deposited);
			await apply(purged);
			await apply(deposited);
			await apply(purged);
			expect(await list(id)).toEqual([]);
		});

		it('apply one effect of a batch each, in order', async () => {
			const [one, other] = [nextId(), nextId()];
			await apply(record([notice(one)]), record([notice(other)]), drop(one));
			expect([await states(one), await states(other)]).toEqual([[NoticeState.DROPPED], [NoticeState.PENDING]]);
		});

		it('are leased to one owner at a time, earliest first, and count the attempt', async () => {
			const id = nextId();
			await apply(record([notice(id, { dueAt: later(2) }), notice(id, { recipientIndex: 1, dueAt: later(1) })]));
			expect(await claim(id)).toEqual([]);
			const mine = await claim(id, { now: later(2) });
			expect(mine.map(({ record: one }) => [one.recipientIndex, one.attempts])).toEqual([
				[1, 1],
				[0, 1],
			]);
			expect(await claim(id, { now: later(2), owner: 'other' })).toEqual([]);
			expect((await claim(id, { now: later(2), realNow: 2_000, leaseUntil: 3_000, owner: 'other' })).length).toBe(2);
			await settleAll(mine, { kind: 'accepted', reference: 'late' });
			expect(await states(id)).toEqual([NoticeState.PENDING, NoticeState.PENDING]);
		});

		it('that their owner is sending still are left alone, though their leases are over', async () => {
			const id = nextId();
			await claim(0, { now: later(1_000), realNow: 99_999_999 });
			await apply(record([notice(id)]));
			const [mine] = await claim(id);
			const over = { now: start, realNow: 9_000 };
			const except = [mine?.record.id ?? ''];
			expect(await under.store().notices.untilNext(Channel.EMAIL, start, 9_000)).toBe(0);
			expect(await under.store().notices.untilNext(Channel.EMAIL, start, 9_000, except)).toBeUndefined();
			expect(await claim(id, { ...over, except })).toEqual([]);
			expect(await claim(id, over)).toHaveLength(1);
		});

		it('that are left alone hide no others, of their notification or of another one', async () => {
			const [id, second] = [nextId(), nextId()];
			const channel = Channel.SMS;
			await claim(0, { channel, now: later(1_000), realNow: 99_999_999 });
			const waiting = [notice(id, { channel }), notice(id, { channel, recipientIndex: 1, dueAt: later(500) })];
			await apply(record(waiting), record([notice(second, { channel, dueAt: later(600) })]));
			const [mine] = await claim(id, { channel });
			const except = [mine?.record.id ?? ''];
			const untilNext = (ms: number, those = except) => under.store().notices.untilNext(channel, later(ms), 9_000, those);
			expect([await untilNext(0, []), await untilNext(0), await untilNext(500)]).toEqual([0, 500, 0]);
			const request = { channel, realNow: 9_000, owner: 'me', leaseUntil: 10_000, except };
			const claimed: ClaimedNotice[] = [];
			for (const ms of [499, 500, 599, 600]) {
				claimed.push(...(await under.store().notices.claimDue({ ...request, now: later(ms), limit: 1 })));
			}
			expect(claimed.map(({ record: one }) => [one.notificationId, one.recipientIndex])).toEqual([
				[id, 1],
				[second, 0],
			]);
			const all = [...except, ...claimed.map(({ record: one }) => one.id)];
			expect(await under.store().notices.untilNext(channel, later(600), 10_000, all)).toBeUndefined();
			expect(await under.store().notices.untilNext(channel, later(600), 10_000, all.slice(0, 2))).toBe(0);
			await settleAll(await claim(id, { channel, now: later(600), realNow: 10_000 }), { kind: 'accepted', reference: '' });
		});

		it('of one channel are not leased for the other', async () => {
			const id = nextId();
			await apply(record([notice(id)]));
			expect(await claim(id, { channel: Channel.SMS })).toEqual([]);
		});

		it('are due again after a failure that may pass, and settled after one that will not', async () => {
			const id = nextId();
			await apply(record([notice(id)]));
			await settleAll(await claim(id), { kind: 'failed', failure: 'THROTTLED' });
			const [waiting] = await list(id);
			expect(waiting).toMatchObject({ state: NoticeState.PENDING, attempts: 1, dueAt: later(60_010), document: { failure: 'THROTTLED' } });
			expect(await claim(id)).toEqual([]);
			await settleAll(await claim(id, { now: later(60_010) }), { kind: 'failed', failure: 'MAILBOX_UNKNOWN' });
			expect((await list(id))[0]).toMatchObject({ state: NoticeState.FAILED, attempts: 2, settledAt: later(10) });
		});

		it('that had no turn are free again, without a try being spent', async () => {
			const id = nextId();
			await apply(record([notice(id)]));
			await settleAll(await claim(id), { kind: 'postponed' });
			expect(await list(id)).toMatchObject([{ state: NoticeState.PENDING, attempts: 0, dueAt: later(60_010) }]);
			expect((await claim(id, { now: later(60_010) })).map(({ record: one }) => one.attempts)).toEqual([1]);
		});

		it('leased by a process that ended are free when it starts again', async () => {
			const id = nextId();
			await apply(record([notice(id)]));
			await claim(id, { owner: 'gone', leaseUntil: 9_000_000 });
			expect(await under.store().notices.releaseLeases('somebody else')).toBe(0);
			expect(await under.store().notices.releaseLeases('gone')).toBe(1);
			expect((await claim(id)).map(({ record: one }) => one.attempts)).toEqual([2]);
		});

		it('dropped under way end as dropped, or as sent when they went out', async () => {
			const [lost, sent] = [nextId(), nextId()];
			await apply(record([notice(lost)]), record([notice(sent)]));
			const claimed = await under.store().notices.claimDue({
				channel: Channel.EMAIL,
				now: start,
				realNow: 1_000,
				owner: 'me',
				leaseUntil: 2_000,
				limit: 1_000,
			});
			await apply(drop(lost), drop(sent));
			await settleAll(
				claimed.filter((one) => one.record.notificationId === lost),
				{ kind: 'failed', failure: 'TIMED_OUT' },
			);
			await settleAll(
				claimed.filter((one) => one.record.notificationId !== lost),
				{ kind: 'accepted', reference: 'q' },
			);
			expect([await states(lost), await states(sent)]).toEqual([[NoticeState.DROPPED], [NoticeState.SENT]]);
		});

		it('that were purged under way stay away', async () => {
			const id = nextId();
			await apply(record([notice(id)]));
			const claimed = await claim(id);
			await apply({ kind: 'purge', eventId: uuidv7(start), notificationId: id });
			// The message went to the embedded outbox under way: it goes, too.
			const message = { to: ['a@example.org'], subject: 's', text: 't', html: '', messageId: '', at: start };
			await under.store().messages.putMails([{ noticeId: claimed[0]?.record.id ?? '', notificationId: id, ...message }]);
			await settleAll(claimed, { kind: 'accepted', reference: '' });
			expect(await list(id)).toEqual([]);
			expect(await under.store().messages.listMails(10)).toEqual([]);
		});

		it('that failed are redriven by id or by notification', async () => {
			const [one, other] = [nextId(), nextId()];
			await apply(record([notice(one)]), record([notice(other)]));
			await settleAll(await claim(one), { kind: 'failed', failure: 'MAILBOX_UNKNOWN' });
			const again = (record: NoticeRecord) => redriven(record, later(20));
			const [failed] = await list(one);
			let told = 0;
			const stop = under.store().notices.onScheduled(() => told++);
			expect(await under.store().notices.changeMany({ notificationIds: [one, other] }, again)).toBe(1);
			expect(await under.store().notices.changeMany({ ids: [failed?.id ?? ''] }, again)).toBe(0);
			stop();
			expect(await states(one)).toEqual([NoticeState.PENDING]);
			expect(told).toBeGreaterThan(0);
		});

		it('that failed are found in the order of their ids, page by page, and no others', async () => {
			const id = nextId();
			const those = Array.from({ length: 5 }, (_, recipientIndex) =>
				notice(id, { recipientIndex, channel: recipientIndex % 2 ? Channel.SMS : Channel.EMAIL, id: `~failed-${9 - recipientIndex}` }),
			);
			await apply(record(those), record([notice(nextId())]));
			const refused = { kind: 'failed', failure: 'MAILBOX_UNKNOWN' } as const;
			await settleAll(await claim(id), refused);
			await settleAll(await claim(id, { channel: Channel.SMS }), refused);
			const ids = async (after: string, limit: number) => (await under.store().notices.failed(after, limit)).map((one) => one.id);
			expect(await ids('~', 2)).toEqual(['~failed-5', '~failed-6']);
			expect(await ids('~failed-6', 9)).toEqual(['~failed-7', '~failed-8', '~failed-9']);
			await under.store().notices.changeMany({ ids: ['~failed-8'] }, (one) => redriven(one, later(20)));
			// The one it goes on from is no failed one any more.
			expect(await ids('~failed-8', 9)).toEqual(['~failed-9']);
			const all = await under.store().notices.failed('', 1_000);
			expect(new Set(all.map(({ state }) => state))).toEqual(new Set([NoticeState.FAILED]));
			expect(all.filter((one) => one.notificationId === id)).toHaveLength(4);
		});

		it('that failed are found page by page, however those of the notifications lie among each other', async () => {
			const ids = Array.from({ length: 30 }, () => nextId());
			const name = (place: number) => `~~${String(place).padStart(3, '0')}`;
			// Of each notification one early, one late, and one somewhere.
			const places = (index: number) => [index, 89 - index, 30 + ((index * 7) % 30)];
			await apply(
				...ids.map((id, index) => record(places(index).map((place, recipientIndex) => notice(id, { id: name(place), recipientIndex })))),
			);
			const all = { channel: Channel.EMAIL, now: start, realNow: 1_000, owner: 'me', leaseUntil: 2_000, limit: 1_000 };
			await settleAll(await under.store().notices.claimDue(all), { kind: 'failed', failure: 'MAILBOX_UNKNOWN' });
			for (const limit of [1, 7, 30, 100]) {
				const seen: string[] = [];
				for (let page: readonly NoticeRecord[] = []; ; ) {
					page = await under.store().notices.failed(seen.at(-1) ?? '~~', limit);
					seen.push(...page.map((one) => one.id));
					if (page.length < limit) break;
				}
				expect(seen).toEqual(Array.from({ length: 90 }, (_, place) => name(place)));
			}
			for (const notificationId of ids) await apply({ kind: 'purge', eventId: uuidv7(start), notificationId });
			expect(await under.store().notices.failed('~~', 10)).toEqual([]);
		});

		it('tell since when the one waits that waits longest, being sent included', async () => {
			const [id, at] = [nextId(), (ms: number) => new Date(Date.UTC(2031, 0, 1) + ms)];
			// Whatever other cases left is sent.
			for (const channel of [Channel.EMAIL, Channel.SMS]) await claim(0, { channel, now: at(-1_000), realNow: 99_999_999 });
			const oldest = () => under.store().notices.oldestPending();
			expect(await oldest()).toBeUndefined();
			const late = notice(id, { recordedAt: at(5), dueAt: at(5) });
			await apply(record([late, notice(id, { channel: Channel.SMS, recordedAt: at(1), dueAt: at(900) })]));
			expect(await oldest()).toEqual(at(1));
			await settleAll(await claim(id, { channel: Channel.SMS, now: at(900) }), { kind: 'accepted', reference: '' });
			expect(await oldest()).toEqual(at(5));
			const claimed = await claim(id, { now: at(900) });
			expect(await oldest()).toEqual(at(5));
			await settleAll(claimed, { kind: 'accepted', reference: '' });
			expect(await oldest()).toBeUndefined();
		});

		it('tell when the next is due, and how many are', async () => {
			const id = nextId();
			const at = (ms: number) => new Date(Date.UTC(2030, 0, 1) + ms);
			await claim(0, { now: at(-1_000), realNow: 99_999_999 });
			const channel = Channel.SMS;
			await claim(0, { now: at(-1_000), channel, realNow: 99_999_999 });
			expect([await under.store().notices.untilNext(channel, at(0), 1_000), await under.store().notices.countDue(at(-1))]).toEqual([
				undefined,
				0,
			]);
			await apply(record([notice(id, { channel, dueAt: at(500) })]));
			expect([await under.store().notices.untilNext(channel, at(0), 1_000), await under.store().notices.countDue(at(0))]).toEqual([500, 0]);
			expect([await under.store().notices.untilNext(channel, at(500), 1_000), await under.store().notices.countDue(at(500))]).toEqual([
				0, 1,
			]);
			const claimed = await claim(id, { channel, now: at(500), leaseUntil: 1_700 });
			expect([await under.store().notices.untilNext(channel, at(500), 1_000), await under.store().notices.countDue(at(500))]).toEqual([
				700, 1,
			]);
			await settleAll(claimed, { kind: 'accepted', reference: '' });
			expect([await under.store().notices.untilNext(channel, at(500), 1_000), await under.store().notices.countDue(at(500))]).toEqual([
				undefined,
				0,
			]);
		});

		it('of one notification are held, however long the templates render', async () => {
			const id = nextId();
			const long = '\u20ac'.repeat(renderBounds.characters);
			const content = { language: Language.CA, subject: 's', text: long, html: long };
			const of = (kind: NoticeRecord['kind']) =>
				[0, 1, 2, 3, 4].flatMap((recipientIndex) =>
					[Channel.EMAIL, Channel.SMS].map((channel) => {
						const one = notice(id, { recipientIndex, kind, channel });
						return channel === Channel.SMS ? one : { ...one, document: { ...one.document, content } };
					}),
				);
			await apply(record(of(NoticeKind.FIRST)), record(of(NoticeKind.REMINDER)));
			await settleAll(await claim(id), { kind: 'accepted', reference: 'r' });
			const kept = await list(id);
			expect(kept).toHaveLength(20);
			const mails = kept.filter((one) => one.channel === Channel.EMAIL);
			expect(mails.every((one) => one.state === NoticeState.SENT && one.document.content?.html === long)).toBe(true);
			await apply({ kind: 'purge', eventId: uuidv7(start), notificationId: id });
			expect(await list(id)).toEqual([]);
		});

		it('forgets events seen long ago, a bounded number at a time', async () => {
			const long = new Date('2020-01-01T00:00:00Z');
			await under.store().notices.apply([drop(nextId()), drop(nextId()), drop(nextId())], long);
			const before = new Date('2021-01-01T00:00:00Z');
			expect(await under.store().notices.pruneInbox(before, 2)).toBe(2);
			expect(await under.store().notices.pruneInbox(before, 2)).toBe(1);
			expect(await under.store().notices.pruneInbox(before, 2)).toBe(0);
		});
	});
}

import { Language } from '@fefaent/contracts/common';
import { AddressState, Channel, NoticeKind, NoticeState, type Template } from '@fefaent/contracts/notifier';
import { uuidv7 } from '@fefaent/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterAttempt, type NoticeRecord, type RetryRule, redriven } from '../domain/notice.ts';
import type { AddressOutcome } from '../domain/outcome.ts';
import type { ClaimedNotice, EventEffect, NotifierStore } from './port.ts';

const start = new Date('2026-03-01T10:00:00Z');
const later = (ms: number): Date => new Date(start.getTime() + ms);
const rule: RetryRule = { attempts: 3, backoff: { firstMs: 60_000, factor: 4, maxMs: 3_600_000, jitter: 0 }, random: () => 0.5 };
const seenAt = new Date('2026-03-01T10:00:00Z');

/** Behaviour that every store of the notifier has. Each case works on notifications of its own. @param open an empty store */
export function notifierStoreContract(open: () => Promise<NotifierStore>): void {
	let store: NotifierStore;
	let lastId = 0;
	beforeAll(async () => {
		store = await open();
	});
	afterAll(() => store.close());

	const notice = (notificationId: number, over: Partial<NoticeRecord> = {}): NoticeRecord => ({
		id: uuidv7(start),
		notificationId,
		recipientIndex: 0,
		channel: Channel.EMAIL,
		kind: NoticeKind.FIRST,
		state: NoticeState.PENDING,
		attempts: 0,
		recordedAt: start,
		dueAt: start,
		settledAt: undefined,
		document: {
			addresses: [{ address: 'a@example.org', state: AddressState.PENDING, failure: '', providerReference: '' }],
			content: { language: Language.CA, subject: 's', text: 't', html: '<p>h</p>' },
			failure: '',
			traceparent: '',
			issuerCode: 'A',
		},
		...over,
	});
	const record = (notices: readonly NoticeRecord[], eventId = uuidv7(start)): EventEffect => ({
		kind: 'record',
		eventId,
		notificationId: notices[0]?.notificationId ?? 0,
		notices,
	});
	const drop = (notificationId: number): EventEffect => ({ kind: 'drop', eventId: uuidv7(start), notificationId, at: later(5) });
	const apply = (...effects: readonly EventEffect[]) => store.notices.apply(effects, seenAt);
	const list = (id: number) => store.notices.listByNotifications([id]);
	const states = async (id: number) => (await list(id)).map(({ state }) => state);
	const settleAll = (claimed: readonly ClaimedNotice[], outcome: AddressOutcome) =>
		store.notices.settle(
			claimed.map((one) => ({ claimed: one, next: (now) => afterAttempt(now, new Map([[0, outcome]]), later(10), rule) })),
		);
	/** Leases notices of one notification; others that are due are sent on the way. */
	const claim = async (id: number, over: { now?: Date; realNow?: number; owner?: string; leaseUntil?: number; channel?: Channel } = {}) => {
		const claimed = await store.notices.claimDue({
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
	const nextId = (): number => ++lastId;

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

		it('leased by a process that ended are free when it starts again', async () => {
			const id = nextId();
			await apply(record([notice(id)]));
			await claim(id, { owner: 'gone', leaseUntil: 9_000_000 });
			expect(await store.notices.releaseLeases('somebody else')).toBe(0);
			expect(await store.notices.releaseLeases('gone')).toBe(1);
			expect((await claim(id)).map(({ record: one }) => one.attempts)).toEqual([2]);
		});

		it('dropped under way end as dropped, or as sent when they went out', async () => {
			const [lost, sent] = [nextId(), nextId()];
			await apply(record([notice(lost)]), record([notice(sent)]));
			const claimed = await store.notices.claimDue({
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
			await settleAll(claimed, { kind: 'accepted', reference: '' });
			expect(await list(id)).toEqual([]);
		});

		it('that failed are redriven by id or by notification', async () => {
			const [one, other] = [nextId(), nextId()];
			await apply(record([notice(one)]), record([notice(other)]));
			await settleAll(await claim(one), { kind: 'failed', failure: 'MAILBOX_UNKNOWN' });
			const again = (record: NoticeRecord) => redriven(record, later(20));
			const [failed] = await list(one);
			let told = 0;
			const stop = store.notices.onScheduled(() => told++);
			expect(await store.notices.changeMany({ notificationIds: [one, other] }, again)).toBe(1);
			expect(await store.notices.changeMany({ ids: [failed?.id ?? ''] }, again)).toBe(0);
			stop();
			expect([await states(one), told]).toEqual([[NoticeState.PENDING], 1]);
		});

		it('tell when the next is due, and how many are', async () => {
			const id = nextId();
			const at = (ms: number) => new Date(Date.UTC(2030, 0, 1) + ms);
			await claim(0, { now: at(-1_000), realNow: 99_999_999 });
			const channel = Channel.SMS;
			await claim(0, { now: at(-1_000), channel, realNow: 99_999_999 });
			expect([await store.notices.untilNext(channel, at(0), 1_000), await store.notices.countDue(at(-1))]).toEqual([undefined, 0]);
			await apply(record([notice(id, { channel, dueAt: at(500) })]));
			expect([await store.notices.untilNext(channel, at(0), 1_000), await store.notices.countDue(at(0))]).toEqual([500, 0]);
			expect([await store.notices.untilNext(channel, at(500), 1_000), await store.notices.countDue(at(500))]).toEqual([0, 1]);
			const claimed = await claim(id, { channel, now: at(500), leaseUntil: 1_700 });
			expect([await store.notices.untilNext(channel, at(500), 1_000), await store.notices.countDue(at(500))]).toEqual([700, 1]);
			await settleAll(claimed, { kind: 'accepted', reference: '' });
			expect([await store.notices.untilNext(channel, at(500), 1_000), await store.notices.countDue(at(500))]).toEqual([undefined, 0]);
		});

		it('forgets events seen long ago, a bounded number at a time', async () => {
			const long = new Date('2020-01-01T00:00:00Z');
			await store.notices.apply([drop(nextId()), drop(nextId()), drop(nextId())], long);
			const before = new Date('2021-01-01T00:00:00Z');
			expect(await store.notices.pruneInbox(before, 2)).toBe(2);
			expect(await store.notices.pruneInbox(before, 2)).toBe(1);
			expect(await store.notices.pruneInbox(before, 2)).toBe(0);
		});
	});

	describe('templates', () => {
		const template = (issuerCode: string, text: string, language: Template['language'] = Language.CA): Template => ({
			issuerCode,
			channel: Channel.EMAIL,
			kind: NoticeKind.FIRST,
			language,
			subject: 's',
			text,
			html: '',
			builtIn: false,
		});

		it('are replaced by key, listed by issuer, and removed', async () => {
			for (const one of [
				template('T1', 'old'),
				template('T1', 'new'),
				template('T2', 'x'),
				template('T1', 'es', Language.ES),
				template('', 'p'),
			])
				await store.templates.put(one);
			expect((await store.templates.list(['T1', ''])).map(({ text }) => text)).toEqual(['p', 'new', 'es']);
			expect((await store.templates.list()).map(({ text }) => text)).toEqual(['p', 'new', 'es', 'x']);
			expect(await store.templates.remove(template('T2', ''))).toBe(true);
			expect(await store.templates.remove(template('T2', ''))).toBe(false);
			expect(await store.templates.list(['T2'])).toEqual([]);
		});
	});

	describe('embedded outboxes', () => {
		const mail = (noticeId: string, notificationId: number) => ({
			noticeId,
			notificationId,
			to: ['a@example.org'],
			subject: 's',
			text: 't',
			html: '',
			messageId: `<${noticeId}@x>`,
			at: start,
		});
		const sms = (reference: string, notificationId: number) => ({
			noticeId: reference.slice(0, 1),
			notificationId,
			reference,
			to: '+34600000000',
			text: reference,
			at: start,
		});

		it('keep a message once, newest first, until its notification is purged', async () => {
			const [one, other] = [nextId(), nextId()];
			await store.outbox.putMails([mail('m1', one), mail('m2', other)]);
			await store.outbox.putMails([mail('m1', one)]);
			await store.outbox.putSms([sms('s-0', one), sms('s-1', one), sms('t-0', other)]);
			await store.outbox.putSms([sms('s-0', one)]);
			expect((await store.outbox.listMails(10)).map(({ noticeId }) => noticeId)).toEqual(['m2', 'm1']);
			expect((await store.outbox.listSms(2)).map(({ text }) => text)).toEqual(['t-0', 's-1']);
			await apply({ kind: 'purge', eventId: uuidv7(start), notificationId: one });
			expect((await store.outbox.listMails(10)).map(({ noticeId }) => noticeId)).toEqual(['m2']);
			expect((await store.outbox.listSms(10)).map(({ text }) => text)).toEqual(['t-0']);
		});
	});

	it('can be asked whether it is well', async () => {
		await expect(store.ping()).resolves.toBeUndefined();
	});
}

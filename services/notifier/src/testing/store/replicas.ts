import { Channel, NoticeKind, NoticeState } from '@fefaent/contracts/notifier';
import { uuidv7 } from '@fefaent/kernel';
import { eventually } from '@fefaent/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterAttempt, type NoticeRecord, redriven } from '../../domain/notice.ts';
import type { AddressOutcome } from '../../domain/outcome.ts';
import type { ClaimedNotice, EventEffect, NotifierStore, Settlement } from '../../store/port.ts';
import { dropEffect, notice, purgeEffect, recordEffect, rule, start } from './samples.ts';

const accepted: AddressOutcome = { kind: 'accepted', reference: 'r' };
const soft: AddressOutcome = { kind: 'failed', failure: 'TIMED_OUT' };
const hard: AddressOutcome = { kind: 'failed', failure: 'MAILBOX_UNKNOWN' };

const record = (notificationId: number, over: Partial<NoticeRecord> = {}, eventId?: string): EventEffect =>
	recordEffect([notice(notificationId, over), notice(notificationId, { ...over, channel: Channel.SMS })], eventId);
const apply = (store: NotifierStore, effects: readonly EventEffect[], at = new Date()) => store.notices.apply(effects, at);
const settling = (claimed: ClaimedNotice, outcome: AddressOutcome): Settlement => ({
	claimed,
	next: (now) => afterAttempt(now, new Map([[0, outcome]]), start, rule),
});
const settle = (store: NotifierStore, claimed: readonly ClaimedNotice[], outcome: AddressOutcome) =>
	store.notices.settle(claimed.map((one) => settling(one, outcome)));
const claim = (store: NotifierStore, channel: Channel, limit = 1_000, owner = 'me') =>
	store.notices.claimDue({ channel, now: start, realNow: 1_000, owner, leaseUntil: 2_000, limit });

/** Behaviour of two replicas on one store, whatever they do at the same moment. @param open both, on an empty store */
export function notifierReplicasContract(open: () => Promise<readonly [NotifierStore, NotifierStore]>): void {
	let one: NotifierStore;
	let other: NotifierStore;
	let lastId = 0;
	beforeAll(async () => {
		[one, other] = await open();
	});
	afterAll(async () => {
		await Promise.all([one.close(), other.close()]);
	});

	const ids = (count: number): readonly number[] => Array.from({ length: count }, () => ++lastId);
	const list = (those: readonly number[]) => one.notices.listByNotifications(those);
	const states = async (those: readonly number[]) => new Set((await list(those)).map(({ state }) => state));
	/** Takes everything that is due by whichever replica sees it. */
	const claimAll = async (count: number): Promise<readonly ClaimedNotice[]> => {
		const all: ClaimedNotice[] = [];
		await eventually(async () => {
			for (const store of [one, other]) for (const channel of [Channel.EMAIL, Channel.SMS]) all.push(...(await claim(store, channel)));
			return all.length >= count;
		});
		expect(new Set(all.map(({ record }) => record.id)).size).toBe(all.length);
		return all;
	};
	const nothingLeft = async () => {
		const at = new Date('2100-01-01T00:00:00Z');
		expect(await one.notices.countDue(at)).toBe(0);
		for (const store of [one, other]) expect(await store.notices.untilNext(Channel.EMAIL, start, 1_000)).toBeUndefined();
	};

	describe('two replicas', () => {
		it('bring the effect of an event that both got once', async () => {
			const those = ids(60);
			const events = those.map((id) => ({ id, eventId: uuidv7(new Date()) }));
			const effects = () => events.map(({ id, eventId }) => record(id, {}, eventId));
			await Promise.all([apply(one, effects()), apply(other, effects()), apply(one, effects())]);
			expect(await list(those)).toHaveLength(120);
			await apply(other, those.map(purgeEffect));
			await Promise.all([apply(one, effects()), apply(other, effects())]);
			expect(await list(those)).toEqual([]);
			await nothingLeft();
		});

		it('lose no event of a notification that comes together with another one', async () => {
			const those = ids(40);
			await Promise.all([
				apply(
					one,
					those.map((id) => record(id, { kind: NoticeKind.FIRST })),
				),
				apply(
					other,
					those.map((id) => record(id, { kind: NoticeKind.REMINDER })),
				),
			]);
			expect(await list(those)).toHaveLength(160);
			await Promise.all([
				apply(
					one,
					those.map((id) => dropEffect(id)),
				),
				apply(
					other,
					those.map((id) => record(id, { recipientIndex: 1 })),
				),
			]);
			const after = await list(those);
			expect(after).toHaveLength(240);
			expect(after.every(({ recipientIndex, state }) => recipientIndex === 1 || state === NoticeState.DROPPED)).toBe(true);
			await apply(
				one,
				those.map((id) => dropEffect(id)),
			);
			await nothingLeft();
		});

		it('share the notices out, and send each once', async () => {
			const those = ids(64);
			await apply(
				one,
				those.map((id) => record(id)),
			);
			await eventually(async () => {
				const parts = await Promise.all([one, other].map((store) => store.notices.untilNext(Channel.EMAIL, start, 1_000)));
				return parts.every((wait) => wait === 0);
			});
			const all: (ClaimedNotice & { readonly by: NotifierStore })[] = [];
			await eventually(async () => {
				const found = await Promise.all([one, other].map((store) => claim(store, Channel.EMAIL, 4)));
				all.push(...found.flatMap((claimed, index) => claimed.map((each) => ({ ...each, by: index === 0 ? one : other }))));
				return all.length >= those.length;
			});
			expect(all).toHaveLength(those.length);
			expect(new Set(all.map((each) => each.record.id)).size).toBe(those.length);
			expect(new Set(all.map(({ by }) => by)).size).toBe(2);
			await settle(one, all, accepted);
			await settle(other, await claimAll(those.length), accepted);
			expect(await states(those)).toEqual(new Set([NoticeState.SENT]));
			await nothingLeft();
		});

		it('lease a notice to one of many that ask at once', async () => {
			const those = ids(30);
			await apply(
				one,
				those.map((id) => record(id)),
			);
			const found = await Promise.all(
				[one, other].flatMap((store, replica) =>
					Array.from({ length: 4 }, (_, asker) => claim(store, Channel.EMAIL, 10, `${replica}.${asker}`)),
				),
			);
			const claimed = found.flat().map((each) => each.record.id);
			expect(new Set(claimed).size).toBe(claimed.length);
			expect(claimed).toHaveLength(those.length);
			await apply(one, those.map(purgeEffect));
		});

		it('agree on what was sent, and what was dropped', async () => {
			const [sent, failed] = [ids(30), ids(30)];
			await apply(
				one,
				[...sent, ...failed].map((id) => record(id)),
			);
			const claimed = await claimAll(120);
			const of = (those: readonly number[]) => claimed.filter((each) => those.includes(each.record.notificationId));
			await Promise.all([
				settle(one, of(sent), accepted),
				apply(
					other,
					[...sent, ...failed].map((id) => dropEffect(id)),
				),
				settle(other, of(failed), soft),
				apply(
					one,
					[...failed, ...sent].map((id) => dropEffect(id)),
				),
			]);
			expect(await states(sent)).toEqual(new Set([NoticeState.SENT]));
			expect(await states(failed)).toEqual(new Set([NoticeState.DROPPED]));
			await nothingLeft();
		});

		it('redrive a notice once', async () => {
			const those = ids(30);
			await apply(
				one,
				those.map((id) => record(id)),
			);
			await settle(one, await claimAll(60), hard);
			const again = () => (current: NoticeRecord) => redriven(current, start);
			const noticeIds = (await list(those)).map(({ id }) => id);
			const counts = await Promise.all([
				one.notices.changeMany({ notificationIds: those }, again()),
				other.notices.changeMany({ ids: noticeIds }, again()),
				other.notices.changeMany({ notificationIds: those }, again()),
			]);
			expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60);
			expect(await one.notices.countDue(start)).toBe(60);
			await settle(other, await claimAll(60), accepted);
			await nothingLeft();
		});

		it('leave nothing of what one purges and the other one sends', async () => {
			const those = ids(30);
			await apply(
				one,
				those.map((id) => record(id)),
			);
			const claimed = await claimAll(60);
			const mail = { to: ['a@example.org'], subject: 's', text: 't', html: '', messageId: '', at: start };
			const send = async (each: ClaimedNotice) => {
				await other.messages.putMails([{ ...mail, noticeId: each.record.id, notificationId: each.record.notificationId }]);
				await settle(other, [each], accepted);
			};
			await Promise.all([...claimed.map(send), ...those.map((id) => apply(one, [purgeEffect(id)]))]);
			expect(await list(those)).toEqual([]);
			expect(await one.messages.listMails(100)).toEqual([]);
			await nothingLeft();
		});

		it('wake each other', async () => {
			const those = ids(40);
			const told = { one: 0, other: 0 };
			const ends = [one.notices.onScheduled(() => told.one++), other.notices.onScheduled(() => told.other++)];
			await apply(
				one,
				those.map((id) => record(id)),
			);
			// All that is told of them, so that what comes later is told of something else.
			await eventually(() => told.one > 0 && told.other >= those.length);
			await settle(one, await claimAll(80), hard);
			told.other = 0;
			await one.notices.changeMany({ notificationIds: those }, (current) => redriven(current, start));
			await eventually(() => told.other > 0);
			for (const end of ends) end();
			await apply(one, those.map(purgeEffect));
		});

		it('put messages in one order', async () => {
			const [id = 0] = ids(1);
			const put = (store: NotifierStore, name: string) =>
				store.messages.putSms([{ noticeId: name, notificationId: id, reference: name, to: '+34600000000', text: name, at: start }]);
			await Promise.all(Array.from({ length: 20 }, (_, index) => put(index % 2 ? one : other, `m-${index % 15}`)));
			await put(one, 'last');
			const [first, ...rest] = (await other.messages.listSms(100)).map(({ text }) => text);
			expect(first).toBe('last');
			expect(new Set(rest).size).toBe(15);
			expect(rest).toHaveLength(15);
		});

		// What one forgets the other one may have forgotten already, and an event have made anew: told apart only now and then, so tried several times.
		it('forget events together, and none that comes meanwhile', async () => {
			for (let round = 0; round < 8; round++) {
				const those = ids(30);
				await apply(
					one,
					those.map((id) => dropEffect(id)),
					new Date('2020-01-01T00:00:00Z'),
				);
				const before = new Date('2021-01-01T00:00:00Z');
				const recorded = those.map((id) => record(id));
				await Promise.all([one.notices.pruneInbox(before, 100), apply(other, recorded), other.notices.pruneInbox(before, 100)]);
				await one.notices.pruneInbox(before, 100);
				expect(await other.notices.pruneInbox(before, 100)).toBe(0);
				expect(await list(those)).toHaveLength(60);
				await apply(one, recorded);
				expect(await list(those)).toHaveLength(60);
				await apply(one, those.map(purgeEffect));
			}
		});

		it('take over what one leaves', async () => {
			const those = ids(64);
			await apply(
				one,
				those.map((id) => record(id)),
			);
			await other.close();
			const claimed: ClaimedNotice[] = [];
			await eventually(async () => {
				claimed.push(...(await claim(one, Channel.EMAIL)));
				return claimed.length === those.length;
			});
		});
	});
}

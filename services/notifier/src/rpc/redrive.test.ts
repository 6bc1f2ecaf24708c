import { State } from '@fefaent/contracts/notification';
import { Channel, type FailedNotices, NoticeState } from '@fefaent/contracts/notifier';
import { startSmtpSink } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { deposit, noticesOf, recipient, statesOf, world } from '../testing/scenes.ts';
import { depositedNotification } from '../testing/world.ts';

const none = { noticeIds: [], notificationIds: [] };
const any: FailedNotices = { channel: Channel.UNSPECIFIED, failure: '' };

/** Notifications 1 to `count` of which each has an e-mail that failed, but the one that `taken` names; every second one an SMS that failed too. */
async function afterFailures(count: number, taken: number) {
	const sink = await startSmtpSink({
		fail: ({ stage, to }) =>
			stage === 'rcpt' && !to.includes(`p${taken}@example.org`)
				? { code: 550, message: to.includes('p1@example.org') ? '5.2.1 no' : '5.1.1 no' }
				: undefined,
	});
	const here = await world({ FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${sink.port}` });
	for (let id = 1; id <= count; id++)
		await deposit(here, depositedNotification(id, [recipient([`p${id}@example.org`], id % 2 === 0 ? ['not one'] : [])]));
	sink.failWith(undefined);
	return { here, sink, [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose]() };
}

describe('all failed notices', () => {
	it('are sent again in one call, those that did not fail are left alone', async () => {
		await using w = await afterFailures(6, 3);
		const { here, sink } = w;
		const before = sink.messages.length;
		expect(await here.client.redriveNotices({ ...none, all: { ...any, channel: Channel.EMAIL } })).toEqual({ redriven: 5 });
		await here.service.settled();
		expect(
			sink.messages
				.slice(before)
				.map(({ envelope }) => envelope.to[0])
				.sort(),
		).toEqual([1, 2, 4, 5, 6].map((id) => `p${id}@example.org`));
		expect(await statesOf(here, 2)).toEqual([NoticeState.SENT, NoticeState.FAILED]);
		expect(await here.client.redriveNotices({ ...none, all: any })).toEqual({ redriven: 3 });
	});

	it('can be those of one failure, or those given up since an instant', async () => {
		await using w = await afterFailures(3, 0);
		const { here } = w;
		const redrive = (all: Partial<FailedNotices>) => here.client.redriveNotices({ ...none, all: { ...any, ...all } });
		const [first] = await noticesOf(here, 1);
		const [last] = await noticesOf(here, 3);
		expect(first?.failure).toBe('MAILBOX_DISABLED');
		expect(await redrive({ failure: 'THROTTLED' })).toEqual({ redriven: 0 });
		expect(await redrive({ since: new Date((last?.settledAt?.getTime() ?? 0) + 1) })).toEqual({ redriven: 0 });
		expect(await redrive({ failure: 'MAILBOX_DISABLED' })).toEqual({ redriven: 1 });
		expect(await redrive({ since: last?.settledAt })).toEqual({ redriven: 1 });
	});

	it('of notifications that are decided or gone stay as they are', async () => {
		await using w = await afterFailures(3, 0);
		const { here } = w;
		here.notifications.set(1, { ...depositedNotification(1), state: State.ACCEPTED });
		here.notifications.delete(2);
		expect(await here.client.redriveNotices({ ...none, all: any })).toEqual({ redriven: 1 });
		expect(await statesOf(here, 1)).toEqual([NoticeState.FAILED]);
		// Whoever names it means it.
		expect(await here.client.redriveNotices({ noticeIds: [], notificationIds: [1] })).toEqual({ redriven: 1 });
	});

	it('are taken up by several calls when they are too many for one', async () => {
		const here = await world();
		await deposit(here, depositedNotification(1, [recipient([], ['not one'])]));
		const [template] = await here.store.notices.listByNotifications([1]);
		if (template === undefined) throw new Error('not recorded');
		const notices = Array.from({ length: 5_050 }, (_, index) => ({
			...template,
			id: `~${String(index).padStart(5, '0')}`,
			recipientIndex: index + 1,
		}));
		await here.store.notices.apply([{ kind: 'record', eventId: 'many', notificationId: 1, notices }], new Date());
		const first = await here.client.redriveNotices({ ...none, all: any });
		expect(first).toEqual({ redriven: 5_000, nextAfterId: '~04998' });
		expect(await here.client.redriveNotices({ ...none, all: any, afterId: first.nextAfterId })).toEqual({ redriven: 51 });
	});
});

it('notices that are named by their ids and by their notifications are sent again, each once', async () => {
	await using w = await afterFailures(3, 0);
	const { here } = w;
	const [first] = await noticesOf(here, 1);
	expect(await here.client.redriveNotices({ noticeIds: [first?.id ?? ''], notificationIds: [1, 3] })).toEqual({ redriven: 2 });
});

it('what says not clearly which is refused', async () => {
	const here = await world();
	const invalid = { reason: 'ITEM_INVALID' };
	await expect(here.client.redriveNotices({ ...none, notificationIds: [1], all: any })).rejects.toMatchObject(invalid);
	await expect(here.client.redriveNotices({ ...none, all: { ...any, failure: 'NO_SUCH' } })).rejects.toMatchObject(invalid);
	await expect(here.client.redriveNotices({ noticeIds: ['x'], notificationIds: [], afterId: 'x' })).rejects.toMatchObject(invalid);
	await expect(here.client.redriveNotices(none)).rejects.toMatchObject({ reason: 'BATCH_SIZE' });
});

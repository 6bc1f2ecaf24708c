import { NotificationEventType } from '@fefaent/contracts/events';
import { State } from '@fefaent/contracts/notification';
import { NoticeState } from '@fefaent/contracts/notifier';
import { describe, expect, it } from 'vitest';
import { deposit, noticesOf, statesOf, world } from '../testing/scenes.ts';
import { depositedNotification, eventOf } from '../testing/world.ts';

describe('events', () => {
	it('of a batch are answered by one call, and repeated ones change nothing', async () => {
		const here = await world();
		const all = Array.from({ length: 50 }, (_, index) => depositedNotification(index + 1));
		for (const one of all) here.notifications.set(one.id, one);
		const events = all.map((one) => eventOf(one));
		await here.happen(...events);
		expect(here.calls.notifications).toBeLessThanOrEqual(2);
		await here.happen(...all.map((one) => eventOf(one)));
		const { notices } = await here.client.listNotices({ notificationIds: all.map(({ id }) => id) });
		expect(notices).toHaveLength(200);
		expect(here.calls.evidences).toBe(0);
	});

	it('that come after the decision are recorded as dropped, and send nothing', async () => {
		const here = await world();
		const accepted = { ...depositedNotification(1), state: State.ACCEPTED };
		here.notifications.set(1, accepted);
		await here.happen(eventOf(accepted, { state: State.DEPOSITED }), eventOf(accepted));
		expect(await statesOf(here, 1)).toEqual(Array.from({ length: 4 }, () => NoticeState.DROPPED));
		expect((await here.client.listMailOutbox({ limit: 10 })).messages).toEqual([]);
	});

	it('of a purge take everything away', async () => {
		const here = await world();
		await deposit(here, depositedNotification(1));
		here.notifications.delete(1);
		await here.happen(eventOf(depositedNotification(1), { type: NotificationEventType.PURGED }));
		expect([await noticesOf(here, 1), (await here.client.listMailOutbox({ limit: 10 })).messages]).toEqual([[], []]);
	});

	it('that cannot be read become dead letters', async () => {
		const here = await world();
		const broken = {
			id: 'x',
			topic: 'fefaent.notification.v1',
			key: '1',
			type: 'x',
			at: new Date(),
			headers: {},
			body: new Uint8Array([0xff]),
		};
		await here.bus.publish([broken]);
		await here.happen();
		expect((await here.bus.deadLetters()).map(({ reason }) => reason)).toEqual(['not an event of a notification']);
	});
});

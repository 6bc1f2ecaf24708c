import { State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { eventually } from '@fefaent/testing';
import { afterEach, expect, it } from 'vitest';
import { harness } from '../testing/harness.ts';

afterEach(() => armCrashpoints(undefined));

it('publishes what an earlier process left behind, in order', async () => {
	await using h = await harness({ started: false });
	const id = await h.created();
	await h.walk(id, Transition.DEPOSIT, Transition.REJECT);
	expect(await h.bus.lag()).toEqual([]);
	await h.restart();
	expect((await h.published(3)).map(({ event }) => event.state)).toEqual([State.ENTERED, State.DEPOSITED, State.REJECTED]);
});

it('publishes again, under the same id, what it may have published before', async () => {
	await using h = await harness({ started: false });
	await h.created();
	let failed = false;
	armCrashpoints((name) => {
		if (name !== 'outbox.notification.published' || failed) return;
		failed = true;
		throw new Error('died');
	});
	await h.service.start();
	await eventually(() => expect(failed).toBe(true));
	const seen = await h.published(2);
	expect(seen).toHaveLength(2);
	expect(seen[1]?.message.id).toBe(seen[0]?.message.id);
});

it('is not ready while it goes away', async () => {
	await using h = await harness();
	expect(await h.service.readiness()).toMatchObject({ ready: true });
	const { service } = h;
	await service.stop();
	expect(await service.readiness()).toMatchObject({ ready: false });
	await service.stop();
});

import { NotificationEventType } from '@fefaent/contracts/events';
import { State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { eventually, eventuallyFound } from '@fefaent/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { hold } from './hold.ts';
import { World } from './world.ts';

afterEach(() => {
	armCrashpoints(undefined);
	vi.restoreAllMocks();
});

it('what needs no proof goes on while proofs cannot be had: reminders, purges, and discards that were left behind', async () => {
	await using world = await World.start({
		FEFAENT_STATE_ENGINE_TIMER_BATCH: '1',
		FEFAENT_STATE_ENGINE_SWEEP_EVERY: '50ms',
		FEFAENT_STATE_ENGINE_SWEEP_AGE: '1ms',
	});
	const waiting = await world.deposited();
	const [discarded, left, accepted] = [await world.deposited(), await world.deposited(), await world.deposited()];
	await world.lifecycle.cancel({ issuerCode: 'DEMO', ids: [discarded] });
	await world.in(discarded, State.DISCARDED);

	const released = Promise.withResolvers<void>();
	let held = 0;
	armCrashpoints((name) => {
		if (name !== 'engine.issue.before') return undefined;
		held++;
		return released.promise;
	});
	// One for each lane, and more that wait for a lane.
	await world.create(...Array.from({ length: 6 }, () => ({})));
	await eventually(async () => held >= 3);
	const behind = { expectedStates: [State.DEPOSITED], author: { actor: 'issuer' } };
	await world.notifications.claim({
		items: [
			{ id: accepted, ...behind, transition: Transition.ACCEPT, target: State.ACCEPTED },
			{ id: left, ...behind, transition: Transition.DISCARD, target: State.DISCARDED },
		],
	});

	world.clock.advance(6 * 86_400_000);
	await eventuallyFound(async () =>
		world.events.find(({ notificationId, type }) => notificationId === waiting && type === NotificationEventType.REMINDER_DUE),
	);
	await world.in(left, State.DISCARDED);
	world.clock.advance(70 * 86_400_000);
	await eventually(async () => (await world.get(discarded)) === undefined);
	expect((await world.get(waiting))?.state).toBe(State.DEPOSITED);

	armCrashpoints(undefined);
	released.resolve();
	await world.in(waiting, State.EXPIRED);
	await world.in(accepted, State.ACCEPTED);
});

it('a process does not take again what it is firing when the machine’s clock jumps beyond its lease', async () => {
	await using world = await World.start();
	const firing = hold('engine.issue.before');
	const [id = 0] = await world.create({});
	await firing.reached;
	const running = Date.now;
	vi.spyOn(Date, 'now').mockImplementation(() => running() + 3_600_000);
	// Deposited by another lane, which looked at the queue after the jump.
	for (let times = 0; times < 3; times++) await world.deposited();
	expect((await world.get(id))?.state).toBe(State.ENTERED);
	firing.release();
	await world.in(id, State.DEPOSITED);
	expect((await world.proofs(id)).size).toBe(1);
});

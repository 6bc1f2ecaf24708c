import { State, Transition } from '@fefaent/contracts/notification';
import { byWeight, inHalves, whole } from '@fefaent/service-kit';
import { eventually } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { draft, World } from './world.ts';

// A few evidences and some more notifications fit into one message: whatever is asked of a hundred has to be asked in parts.
const maxMessageBytes = 50_000;
const dayMs = 86_400_000;

it('a hundred live their life by messages that hold a few', async () => {
	await using world = await World.start({}, { maxMessageBytes });
	const drafts = Array.from({ length: 100 }, (_, index) => draft({ title: `N${index} ${'x'.repeat(400)}` }));
	await expect(world.notifications.create({ drafts })).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE' });
	const parts = byWeight(drafts, undefined, maxMessageBytes);
	const ids: number[] = [];
	for (const part of parts) ids.push(...(await world.create(...part)));
	await Promise.all(ids.map((id) => world.in(id, State.DEPOSITED)));

	const items = ids.slice(0, 60).map((id) => ({ id, decision: Transition.ACCEPT }));
	await expect(world.lifecycle.practise({ issuerCode: 'DEMO', items })).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE' });
	const practised = whole(
		await inHalves(items, async (some) => (await world.lifecycle.practise({ issuerCode: 'DEMO', items: some })).results),
	);
	expect(practised.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
	for (const { outcome } of practised) expect(outcome).toMatchObject({ $case: 'practised', value: { repeatedRequest: true } });

	await Promise.all(ids.map((id, index) => world.timers(id, index < 60 ? 'accepted' : 'deposited')));
	await world.moveTo(new Date(world.clock.now().getTime() + 11 * dayMs));
	await Promise.all(ids.slice(60).map((id) => world.in(id, State.EXPIRED)));
	await Promise.all(ids.slice(60).map((id) => world.timers(id, 'expired')));
	await world.moveTo(new Date(world.clock.now().getTime() + 120 * dayMs));
	await eventually(async () => {
		const results = whole(await inHalves(ids, async (some) => (await world.notifications.get({ ids: some })).results));
		expect(results.filter(({ notification }) => notification)).toEqual([]);
	});
});

it('decisions that were left behind are finished by messages that hold a few', async () => {
	const env = { FEFAENT_STATE_ENGINE_SWEEP_EVERY: '50ms', FEFAENT_STATE_ENGINE_SWEEP_AGE: '1s' };
	await using world = await World.start(env, { maxMessageBytes });
	const ids: number[] = [];
	for (let part = 0; part < 5; part++) ids.push(...(await world.create(...Array.from({ length: 20 }, () => ({})))));
	await Promise.all(ids.map((id) => world.in(id, State.DEPOSITED)));
	const accept = { expectedStates: [State.DEPOSITED], transition: Transition.ACCEPT, target: State.ACCEPTED, author: { actor: 'issuer' } };
	const items = ids.map((id) => ({ id, ...accept }));
	await inHalves(items, async (some) => (await world.notifications.claim({ items: some })).results);
	world.clock.advance(2_000);
	await Promise.all(ids.map((id) => world.in(id, State.ACCEPTED)));
});

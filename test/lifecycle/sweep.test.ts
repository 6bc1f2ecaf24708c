import { State, Transition } from '@fefaent/contracts/notification';
import { DomainError } from '@fefaent/kernel';
import { silentLogger } from '@fefaent/service-kit';
import { expect, it } from 'vitest';
import { startSweep } from '../../services/state-engine/src/jobs/sweep.ts';
import { TransitionRunner } from '../../services/state-engine/src/transitions/run.ts';
import { World } from './world.ts';

it('a page of claims that cannot be finished keeps no later one from its turn', async () => {
	await using world = await World.start();
	const ids = (await Promise.all([100, 1].map((count) => world.create(...Array.from({ length: count }, () => ({})))))).flat();
	for (const id of ids) await world.in(id, State.DEPOSITED);
	const accept = { expectedStates: [State.DEPOSITED], transition: Transition.ACCEPT, target: State.ACCEPTED, author: { actor: 'issuer' } };
	const [stuck, later = 0] = [new Set(ids.slice(0, 100)), ids[100]];
	await world.notifications.claim({ items: [...stuck].map((id) => ({ id, ...accept })) });
	world.clock.advance(1000);
	await world.notifications.claim({ items: [{ id: later, ...accept }] });

	let down = true;
	const evidences: typeof world.evidences = {
		...world.evidences,
		issue: (request, options) =>
			down && request.items.some(({ notification }) => stuck.has(notification?.id ?? 0))
				? Promise.reject(new DomainError('TSA_UNAVAILABLE', 'unavailable', 'down'))
				: world.evidences.issue(request, options),
	};
	const { notifications, clock } = world;
	const runner = new TransitionRunner({ notifications, evidences, proofTimeoutMs: 10_000 });
	const sweep = startSweep({ clock, logger: silentLogger, runner, notifications, ageMs: 0, everyMs: 20 });
	try {
		await world.in(later, State.ACCEPTED);
		for (const id of stuck) expect((await world.get(id))?.claim?.transition).toBe(Transition.ACCEPT);
		down = false;
		for (const id of stuck) await world.in(id, State.ACCEPTED);
	} finally {
		await sweep.stop();
	}
});

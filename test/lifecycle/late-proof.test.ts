import { type Notification, State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { eventuallyFound } from '@fefaent/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { hold } from './hold.ts';
import { draft, World } from './world.ts';

let world: World;
beforeAll(async () => {
	world = await World.start({
		FEFAENT_STATE_ENGINE_ISSUE_TIMEOUT: '500ms',
		FEFAENT_STATE_ENGINE_DEPOSIT_TRIES: '1',
		FEFAENT_STATE_ENGINE_RETRY_FIRST: '50ms',
	});
	// The thread that seals starts with the first evidence; here nobody waits for it but this test.
	const now = new Date();
	const claim = { transition: Transition.DEPOSIT, target: State.DEPOSITED, decidedAt: now, author: { actor: 'engine' } };
	const [id, iun, version, state] = [999_999, 'IUN', 1, State.ENTERED];
	const notification = { id, iun, version, state, draft: draft(), claim, receivedAt: now, evidences: [], timeline: [], failure: '' };
	await world.evidences.issue({ items: [{ notification }] });
});
afterEach(() => armCrashpoints(undefined));
afterAll(() => world[Symbol.asyncDispose]());

/** What the sealed document of the deposit says of its instant. */
async function sealedInstant(id: number): Promise<string | undefined> {
	const evidence = (await world.proofs(id)).get(Transition.DEPOSIT);
	return evidence && /<DataDiposit>(.*)<\/DataDiposit>/.exec(Buffer.from(evidence.xml).toString())?.[1];
}

async function expectAgreement(deposited: Notification): Promise<void> {
	const instant = await sealedInstant(deposited.id);
	expect(deposited.depositedAt?.toISOString()).toBe(instant);
	expect(deposited.evidences).toHaveLength(1);
	expect(deposited.evidences[0]).toMatchObject({ evidenceId: (await world.proofs(deposited.id)).get(Transition.DEPOSIT)?.id });
	const event = await eventuallyFound(async () =>
		world.events.find((one) => one.notificationId === deposited.id && one.state === State.DEPOSITED),
	);
	expect(event.at?.toISOString()).toBe(instant);
	const { expiry = new Date(0) } = Object.fromEntries(await world.timers(deposited.id, 'deposited'));
	expect(expiry.getTime() - new Date(instant ?? 0).getTime()).toBeGreaterThan(9 * 86_400_000);
	expect(expiry.getTime() - new Date(instant ?? 0).getTime()).toBeLessThan(11 * 86_400_000);
}

it('a deposit whose proof is stored although its answer did not come in time is not given up', async () => {
	const answer = hold('evidence.issue.stored');
	const [id = 0] = await world.create({});
	await answer.reached;
	const deposited = await world.in(id, State.DEPOSITED);
	answer.release();
	expect(deposited.timeline.some((one) => one.category === 'FAILED')).toBe(false);
	await expectAgreement(deposited);
});

it.each([
	'engine.abandon.before',
	'evidence.abandon.before-store',
	'evidence.abandon.stored',
	'engine.abandon.after',
	'engine.complete.before',
])('a deposit whose giving up was cut short at %s is given up, and deposited when it is asked for again', async (point) => {
	const sealed = Promise.withResolvers<void>();
	let [issued, cut] = [0, 0];
	armCrashpoints((name) => {
		if (name === 'evidence.issue.before-store' && issued++ === 0) return sealed.promise;
		if (name === point && cut++ === 0) throw new Error(`cut short at ${point}`);
		return undefined;
	});
	const [id = 0] = await world.create({});
	const failed = await world.in(id, State.FAILED);
	expect([failed.failure, cut > 1]).toEqual(['DEADLINE_EXCEEDED', true]);
	sealed.resolve();
	expect((await world.lifecycle.retry({ ids: [id] })).retriedIds).toEqual([id]);
	await expectAgreement(await world.in(id, State.DEPOSITED));
});

it('a deposit given up is not proved any more; asked for again days later it has an instant, a proof and a time to decide of its own', async () => {
	const storing = hold('evidence.issue.before-store');
	const [id = 0] = await world.create({});
	await storing.reached;
	const failed = await world.in(id, State.FAILED);
	expect([failed.failure, failed.evidences, await sealedInstant(id)]).toEqual(['DEADLINE_EXCEEDED', [], undefined]);
	storing.release();
	const proved = world.events.length;
	// Issued after it, so it was stored, or not, before.
	const other = await world.deposited();
	expect([await sealedInstant(id), (await world.proofs(other)).size, world.events.length > proved]).toEqual([undefined, 1, true]);
	// Longer than the recipient has to decide.
	world.clock.advance(20 * 86_400_000);
	const asked = world.clock.now();
	expect((await world.lifecycle.retry({ ids: [id] })).retriedIds).toEqual([id]);
	const deposited = await world.in(id, State.DEPOSITED);
	const claims = deposited.timeline.filter((one) => one.category === 'CLAIMED').map((one) => one.at?.toISOString());
	expect([claims.length, claims[1]]).toEqual([2, await sealedInstant(id)]);
	expect(deposited.depositedAt?.getTime()).toBeGreaterThanOrEqual(asked.getTime());
	const instants = deposited.timeline.map((one) => one.at?.getTime() ?? 0);
	expect(instants).toEqual(instants.toSorted((one, next) => one - next));
	await expectAgreement(deposited);
	// Nothing of it is due yet: not even its reminder.
	await world.settled();
	expect((await world.get(id))?.state).toBe(State.DEPOSITED);
});

import { State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { eventually } from '@fefaent/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failAt } from './hold.ts';
import { World } from './world.ts';

/** Tries follow one another quickly. */
const hasty = { FEFAENT_STATE_ENGINE_RETRY_FIRST: '20ms', FEFAENT_STATE_ENGINE_RETRY_MAX: '50ms' };

let world: World;
beforeAll(async () => {
	world = await World.start(hasty);
});
afterEach(() => armCrashpoints(undefined));
afterAll(() => world[Symbol.asyncDispose]());

async function restart(): Promise<void> {
	await world.stop();
	armCrashpoints(undefined);
	await world.resume(hasty);
}

describe('a restart', () => {
	it.each([
		'engine.instances.before',
		'engine.instances.after',
		'engine.timers.claim.before',
		'engine.timers.claim.after',
		'engine.claim.before',
		'engine.claim.after',
		'engine.issue.before',
		'engine.issue.after',
		'engine.complete.before',
		'engine.complete.after',
		'engine.timers.settle.before',
		'engine.timers.settle.after',
	])('after a deposit that was cut short at %s completes it, with one proof', async (point) => {
		const failure = failAt(point);
		const [id = 0] = await world.create({});
		await failure.reached;
		await restart();
		const deposited = await world.in(id, State.DEPOSITED);
		await world.timers(id, 'deposited');
		expect(deposited.evidences).toHaveLength(1);
		expect((await world.proofs(id)).get(Transition.DEPOSIT)?.id).toBe(deposited.evidences[0]?.evidenceId);
		expect(deposited.timeline.filter((entry) => entry.category === 'DEPOSITED')).toHaveLength(1);
	});

	it.each([
		'engine.export.before',
		'engine.export.after',
		'engine.purge.before',
		'engine.purge.after',
		'engine.evidence-purge.before',
		'engine.evidence-purge.after',
	])('after a purge that was cut short at %s completes it, with a whole export', async (point) => {
		const id = await world.deposited();
		await world.lifecycle.cancel({ issuerCode: 'DEMO', ids: [id] });
		const due = (await world.timers(id, 'discarded')).get('retention') ?? new Date(0);
		const failure = failAt(point);
		await world.moveTo(due);
		await failure.reached;
		await restart();
		await eventually(async () => (await world.lifecycle.listTimers({ ids: [id] })).workflows.length === 0);
		expect(await world.get(id)).toBeUndefined();
		expect((await world.proofs(id)).get(Transition.DEPOSIT)?.xml).toHaveLength(0);
		expect((await world.notifications.getExport({ id })).zip.length).toBeGreaterThan(1_000);
	});
});

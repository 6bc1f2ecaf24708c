import { writeFile } from 'node:fs/promises';
import { State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { eventually, eventuallyFound, freePort } from '@fefaent/testing';
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

const practise = async (id: number, decision: Transition) =>
	(await world.lifecycle.practise({ issuerCode: 'DEMO', items: [{ id, decision }] })).results[0]?.outcome;

async function restart(env: Record<string, string> = {}): Promise<void> {
	await world.stop();
	armCrashpoints(undefined);
	await world.resume({ ...hasty, ...env });
}

describe('a restart', () => {
	it('keeps what is to come, at the same instants', async () => {
		const id = await world.deposited();
		const before = await world.timers(id, 'deposited');
		await restart();
		expect(await world.timers(id, 'deposited')).toEqual(before);
		await world.moveTo(before.get('expiry') ?? new Date(0));
		expect((await world.in(id, State.EXPIRED)).evidences).toHaveLength(2);
	});

	it('fires at once what became due meanwhile, and reminds nobody of what is over', async () => {
		const id = await world.deposited();
		const expiry = (await world.timers(id, 'deposited')).get('expiry') ?? new Date(0);
		await world.stop();
		world.clock.advance(expiry.getTime() - world.clock.now().getTime() + 1);
		await world.resume(hasty);
		await world.in(id, State.EXPIRED);
		await world.timers(id, 'expired');
		expect((await world.get(id))?.timeline.map(({ category }) => category)).not.toContain('REMINDER_DUE');
	});

	it.each(['engine.claim.after', 'engine.issue.before', 'engine.issue.after', 'engine.complete.before'])(
		'finishes a decision that was cut short at %s, and answers it from then on',
		async (point) => {
			const id = await world.deposited();
			failAt(point);
			await expect(practise(id, Transition.REJECT)).rejects.toMatchObject({ reason: 'INTERNAL' });
			expect(await world.get(id)).toMatchObject({ state: State.DEPOSITED, claim: { transition: Transition.REJECT } });
			await restart();
			const rejected = await world.in(id, State.REJECTED);
			expect(rejected.evidences.map((one) => one.transition)).toEqual([Transition.DEPOSIT, Transition.REJECT]);
			expect(await practise(id, Transition.REJECT)).toMatchObject({ $case: 'practised', value: { repeatedRequest: true } });
			expect(await practise(id, Transition.ACCEPT)).toMatchObject({ value: { reason: 'ALREADY_DECIDED' } });
		},
	);
});

it('the sweep finishes what this process itself left behind', async () => {
	await restart({ FEFAENT_STATE_ENGINE_SWEEP_EVERY: '50ms', FEFAENT_STATE_ENGINE_SWEEP_AGE: '1m' });
	const id = await world.deposited();
	failAt('engine.complete.before');
	await expect(practise(id, Transition.ACCEPT)).rejects.toMatchObject({ reason: 'INTERNAL' });
	armCrashpoints(undefined);
	expect((await world.get(id))?.claim?.transition).toBe(Transition.ACCEPT);
	world.clock.advance(61_000);
	await world.in(id, State.ACCEPTED);
});

describe('without time-stamps', () => {
	/** A time-stamping authority that nobody answers for. */
	async function withoutStamps(tries: number): Promise<Record<string, string>> {
		const port = await freePort();
		const ca = world.folder.join('tsa-ca.pem');
		await writeFile(ca, (await world.evidences.getTrust({})).tsaCaPem);
		return {
			FEFAENT_EVIDENCE_TSA_URL: `http://127.0.0.1:${port}/`,
			FEFAENT_EVIDENCE_TSA_CA: ca,
			FEFAENT_EVIDENCE_TSA_ATTEMPTS: '1',
			FEFAENT_STATE_ENGINE_DEPOSIT_TRIES: String(tries),
		};
	}

	it('a deposit fails after its tries, and is made when it is asked for again', async () => {
		await restart(await withoutStamps(3));
		const [id = 0] = await world.create({});
		const failed = await world.in(id, State.FAILED);
		expect([failed.failure, failed.evidences]).toEqual(['TSA_UNAVAILABLE', []]);
		expect([...(await world.timers(id, 'failed')).keys()]).toEqual(['retention']);
		const retry = () => world.lifecycle.retry({ ids: [id, 999_999_999] });
		expect((await retry()).retriedIds).toEqual([id]);
		await eventually(async () => (await world.get(id))?.timeline.filter((entry) => entry.category === 'FAILED').length === 2);

		await restart();
		expect((await retry()).retriedIds).toEqual([id]);
		expect((await world.in(id, State.DEPOSITED)).evidences).toHaveLength(1);
		expect([...(await world.timers(id, 'deposited')).keys()].sort()).toEqual(['expiry', 'reminder', 'retention']);
		expect((await retry()).retriedIds).toEqual([]);
	});

	it('a deposit within its tries succeeds as soon as there are some', async () => {
		await restart(await withoutStamps(100));
		const [id = 0] = await world.create({});
		await eventuallyFound(async () =>
			(await world.lifecycle.listTimers({ ids: [id] })).workflows[0]?.timers.find((timer) => timer.attempts > 1),
		);
		expect((await world.get(id))?.state).toBe(State.ENTERED);
		await restart();
		await world.in(id, State.DEPOSITED);
	});

	it('a deposit that waits for its proof keeps no cancellation waiting', async () => {
		const other = await world.deposited();
		await restart(await withoutStamps(100));
		const [id = 0] = await world.create({});
		await eventuallyFound(async () => (await world.get(id))?.claim);
		const { results } = await world.lifecycle.cancel({ issuerCode: 'DEMO', ids: [id, other, id] });
		expect(results.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
		for (const one of [id, other]) expect((await world.get(one))?.state).toBe(State.DISCARDED);
		const cancelled = await world.get(id);
		expect(cancelled?.timeline.map(({ category }) => category)).toEqual(['ENTERED', 'CLAIMED', 'FAILED', 'CLAIMED', 'DISCARDED']);
		expect(cancelled?.claim).toBeUndefined();

		// The authority is back, and nothing is made of what was given up.
		await restart();
		await world.settled();
		expect(await world.get(id)).toEqual(cancelled);
		expect((await world.proofs(id)).size).toBe(0);
		expect((await world.proofs(other)).size).toBe(1);
	});

	it('a decision stands, is answered when it can be proved, and a communication is not shown before', async () => {
		const [plain, communication] = [await world.deposited(), await world.deposited({ kind: 'NOTIFICATION_KIND_COMMUNICATION' })];
		await restart(await withoutStamps(3));
		expect(await practise(plain, Transition.ACCEPT)).toMatchObject({ value: { reason: 'PROOF_UNAVAILABLE' } });
		// The other decision comes too late, but cannot be told so before the first is proved.
		expect(await practise(plain, Transition.REJECT)).toMatchObject({ value: { reason: 'PROOF_UNAVAILABLE' } });
		const cancelled = await world.lifecycle.cancel({ issuerCode: 'DEMO', ids: [plain] });
		expect(cancelled.results[0]?.failure?.reason).toBe('PROOF_UNAVAILABLE');
		const view = async () => (await world.lifecycle.view({ issuerCode: 'DEMO', ids: [communication] })).results[0]?.outcome;
		expect(await view()).toMatchObject({ $case: 'failure', value: { reason: 'PROOF_UNAVAILABLE' } });

		await restart();
		expect(await practise(plain, Transition.ACCEPT)).toMatchObject({ $case: 'practised' });
		expect(await practise(plain, Transition.REJECT)).toMatchObject({ value: { reason: 'ALREADY_DECIDED' } });
		expect(await view()).toMatchObject({ $case: 'notification', value: { state: State.ACCEPTED } });
	});
});

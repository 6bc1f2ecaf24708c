import { State, Transition } from '@fefaent/contracts/notification';
import { armCrashpoints } from '@fefaent/kernel';
import { eventually } from '@fefaent/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hold } from './hold.ts';
import { World } from './world.ts';

/** Sweeps and retention are kept out of the way: only the contenders run. */
const quiet = {
	FEFAENT_STATE_ENGINE_SWEEP_EVERY: '1h',
	FEFAENT_STATE_ENGINE_SWEEP_AGE: '1d',
	FEFAENT_STATE_ENGINE_RETENTION: 'P50Y',
	FEFAENT_STATE_ENGINE_TIMER_LANES: '2',
};

let world: World;
beforeAll(async () => {
	world = await World.start(quiet);
});
afterEach(() => armCrashpoints(undefined));
afterAll(() => world[Symbol.asyncDispose]());

type Contender = (id: number) => Promise<string>;

const practise =
	(decision: Transition): Contender =>
	async (id) => {
		const { results } = await world.lifecycle.practise({ issuerCode: 'DEMO', items: [{ id, decision }] });
		const outcome = results[0]?.outcome;
		return outcome?.$case === 'practised' ? 'done' : (outcome?.value.reason ?? '');
	};

const contenders: Readonly<Record<string, Contender>> = {
	accept: practise(Transition.ACCEPT),
	reject: practise(Transition.REJECT),
	cancel: async (id) => (await world.lifecycle.cancel({ issuerCode: 'DEMO', ids: [id] })).results[0]?.failure?.reason ?? 'done',
	expire: async (id) => {
		const end = (await world.timers(id, 'deposited')).get('expiry') ?? new Date(0);
		await world.moveTo(end);
		return (await world.proofs(id)).has(Transition.EXPIRE) ? 'done' : 'lost';
	},
};

const proofOf: Readonly<Record<string, Transition>> = { accept: Transition.ACCEPT, reject: Transition.REJECT, expire: Transition.EXPIRE };
const targetOf: Readonly<Record<string, State>> = {
	accept: State.ACCEPTED,
	reject: State.REJECTED,
	expire: State.EXPIRED,
	cancel: State.DISCARDED,
};

/** Points that the first contender is held at; past the claim it has won. */
const beforeClaim = ['engine.claim.before', 'notification.claim.before-store'];
const afterClaim = [
	'notification.claim.after-store',
	'engine.claim.after',
	'engine.issue.before',
	'evidence.issue.before-store',
	'evidence.issue.stored',
	'engine.issue.after',
	'engine.complete.before',
	'notification.complete.before-store',
	'notification.complete.after-store',
	'engine.complete.after',
];

/** A discard has no evidence. */
const passes = (name: string, point: string): boolean => name !== 'cancel' || !point.includes('issue');

async function race(first: string, second: string, point: string) {
	const id = await world.deposited({ reminder: false });
	await world.timers(id, 'deposited');
	await world.settled();
	const gate = hold(point);
	const one = contenders[first]?.(id);
	await gate.reached;
	// An expiry that is held holds no more than its own lane, so the second one goes on; where the stores hold both, it ends with the first.
	const two = contenders[second]?.(id);
	await Promise.race([
		two,
		eventually(async () => (await world.get(id))?.claim === undefined, { timeoutMs: 60, everyMs: 5 }).catch(() => undefined),
	]);
	gate.release();
	const results = { [first]: await one, [second]: await two };
	const end = await eventually(async () => {
		const found = await world.get(id);
		return found !== undefined && found.claim === undefined && found.state !== State.DEPOSITED && found;
	});
	return { id, results, end };
}

const names = Object.keys(contenders);
const cases = [...beforeClaim, ...afterClaim].flatMap((point) =>
	names.flatMap((first) => names.filter((second) => second !== first && passes(first, point)).map((second) => ({ first, second, point }))),
);

describe('two that decide at once', () => {
	it.each(cases)('$first held at $point while $second runs: one wins, with one proof', async ({ first, second, point }) => {
		const { id, results, end } = await race(first, second, point);
		const proofs = await world.proofs(id);
		const refs = end.evidences.map(({ transition, evidenceId }) => [transition, evidenceId]);
		// Every evidence that exists is the one that the notification names, and no two are of one kind.
		expect(refs).toEqual([...proofs].map(([transition, { id: evidenceId }]) => [transition, evidenceId]));
		const winners = names.filter((name) => name !== 'cancel' && proofs.has(proofOf[name] ?? Transition.UNSPECIFIED));
		expect(winners.length).toBeLessThanOrEqual(1);
		for (const name of [first, second])
			if (name !== 'cancel') expect([name, results[name] === 'done']).toEqual([name, winners.includes(name)]);
		if (first === 'cancel' || second === 'cancel') {
			expect([end.state, results.cancel]).toEqual([State.DISCARDED, 'done']);
		} else expect(end.state).toBe(targetOf[winners[0] ?? '']);
		// Past its claim the first one has won; a cancellation may follow it, but not undo its proof.
		if (afterClaim.includes(point) && first !== 'cancel') expect(winners).toEqual([first]);
	});
});

it('a hundred that accept and reject at once end with one decision and one proof', async () => {
	const id = await world.deposited();
	const results = await Promise.all(Array.from({ length: 100 }, (_, index) => contenders[names[index % 2] ?? '']?.(id)));
	const proofs = await world.proofs(id);
	expect(proofs.size).toBe(2);
	const won = proofs.has(Transition.ACCEPT) ? 0 : 1;
	results.forEach((result, index) => {
		expect(result).toBe(index % 2 === won ? 'done' : 'ALREADY_DECIDED');
	});
});

import { SandboxClock } from '@fefaent/kernel';
import { expect, test } from 'vitest';
import { type MovableClock, sandboxControl } from './control.ts';

const dayMs = 86_400_000;

/** A control over a clock of its own, and over services that answer as told. */
function controlled(work: { readonly backlog: () => number; readonly due?: () => Date | undefined }) {
	const own = new SandboxClock();
	const clock: MovableClock = {
		now: () => own.now(),
		get offsetMs() {
			return own.offsetMs;
		},
		advance: async (ms) => own.advance(ms),
	};
	const services = { backlog: async () => work.backlog(), nextDue: async () => work.due?.() };
	return { clock, control: sandboxControl({ clock, bus: { lag: async () => [] }, services }) };
}

test('moves that come at once add up, the second from where the first one ends', async () => {
	const { clock, control } = controlled({ backlog: () => 0 });
	const ends: number[] = [];
	const left = await Promise.all(
		[2, 3].map(async (days) => {
			const rest = await control.advance(days * dayMs);
			ends.push(clock.offsetMs);
			return rest;
		}),
	);
	expect([left, ends]).toEqual([
		[0, 0],
		[2 * dayMs, 5 * dayMs],
	]);
});

test('a move halts at the very instants at which something falls due, while they are few', async () => {
	const start = Date.now();
	const dues = [3 * 3_600_000, 3 * 3_600_000 + 60_000, dayMs].map((ms) => start + ms);
	const halts: number[] = [];
	const { clock, control } = controlled({
		backlog: () => 0,
		due: () => {
			const now = clock.now().getTime();
			halts.push(now);
			const next = dues.find((due) => due > now);
			return next === undefined ? undefined : new Date(next);
		},
	});
	expect(await control.advance(4 * dayMs)).toBe(0);
	for (const due of dues) expect(halts.some((halt) => Math.abs(halt - due) < 5_000)).toBe(true);
	expect(halts.length).toBeLessThan(10);
});

test('a move that fails keeps no other from being made', async () => {
	let broken = true;
	const { control, clock } = controlled({
		backlog: () => {
			if (broken) throw new Error('the store is away');
			return 0;
		},
	});
	await expect(control.advance(dayMs)).rejects.toThrow('away');
	broken = false;
	expect([await control.advance(dayMs), clock.offsetMs]).toEqual([0, dayMs]);
});

test('a move over work that never rests is cut when its time is over, and so are those that waited behind it', async () => {
	const { clock, control } = controlled({ backlog: () => 1, due: () => new Date(0) });
	const started = performance.now();
	const [first = 0, second] = await Promise.all([control.advance(10 * dayMs, 300), control.advance(dayMs, 300)]);
	expect(performance.now() - started).toBeLessThan(1_500);
	expect(first).toBeGreaterThan(9 * dayMs);
	expect([clock.offsetMs, second]).toEqual([10 * dayMs - first, dayMs]);
});

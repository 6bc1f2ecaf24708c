import { expect, test } from 'vitest';
import { ManualClock, SandboxClock, systemClock } from './clock.ts';

test('the sandbox clock runs with the machine and tells when it is moved', () => {
	const clock = new SandboxClock(1_000);
	let moves = 0;
	const stop = clock.onMoved(() => moves++);
	const before = Date.now();
	expect(clock.now().getTime()).toBeGreaterThanOrEqual(before + 1_000);
	clock.advance(86_400_000);
	expect(clock.offsetMs).toBe(86_401_000);
	expect(clock.now().getTime()).toBeGreaterThanOrEqual(before + 86_401_000);
	stop();
	clock.advance(1);
	expect(moves).toBe(1);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('time never moves by %s', (ms) => {
	expect(() => new SandboxClock().advance(ms)).toThrow(RangeError);
	expect(() => new SandboxClock(ms)).toThrow(RangeError);
	expect(() => new ManualClock().advance(ms)).toThrow(RangeError);
});

test('the manual clock stands still until told', () => {
	const clock = new ManualClock('2026-03-01T00:00:00Z');
	let moves = 0;
	clock.onMoved(() => moves++);
	expect(clock.now()).toEqual(clock.now());
	clock.advance(60_000);
	expect(clock.now().toISOString()).toBe('2026-03-01T00:01:00.000Z');
	expect(moves).toBe(1);
});

test('the system clock is the machine’s', () => {
	expect(Math.abs(systemClock.now().getTime() - Date.now())).toBeLessThan(1_000);
});

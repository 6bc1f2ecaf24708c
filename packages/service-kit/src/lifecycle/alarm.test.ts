import { describe, expect, it, onTestFinished } from 'vitest';
import { Alarm } from './alarm.ts';

/** An alarm, how often it rang, and its next ring. */
function alarm() {
	let rings = 0;
	let next = Promise.withResolvers<void>();
	const one = new Alarm(() => {
		rings++;
		next.resolve();
		next = Promise.withResolvers();
	});
	onTestFinished(() => one.clear());
	return { one, rings: () => rings, next: () => next.promise };
}

/** Rings after everything that was set for at most `ms` from now. */
async function after(ms: number): Promise<void> {
	const other = alarm();
	other.one.set(ms + 1);
	await other.next();
}

describe('an alarm', () => {
	it('rings once, and not before its time by the clock', async () => {
		const { one, rings, next } = alarm();
		const started = Date.now();
		one.set(15);
		await next();
		expect(Date.now() - started).toBeGreaterThanOrEqual(15);
		await after(20);
		expect(rings()).toBe(1);
	});

	it.each([
		[10, 3_600_000],
		[3_600_000, 10],
		[10, -5],
		[10, 10],
	])('of calls in %i and %i ms keeps the earlier', async (first, second) => {
		const { one, rings, next } = alarm();
		one.set(first);
		one.set(second);
		await next();
		await after(20);
		expect(rings()).toBe(1);
	});

	it('can be set anew when it has rung, from within too', async () => {
		const { one, next } = alarm();
		one.set(1);
		await next().then(() => one.set(5));
		await next();
		one.set(1);
		await next();
	});

	it('does not ring when it was cleared, and can be set again', async () => {
		const { one, rings, next } = alarm();
		one.set(5);
		one.clear();
		await after(10);
		expect(rings()).toBe(0);
		one.set(10);
		await next();
	});

	it('does not take a year for a moment', async () => {
		const { one, rings } = alarm();
		one.set(365 * 86_400_000);
		await after(20);
		expect(rings()).toBe(0);
	});
});

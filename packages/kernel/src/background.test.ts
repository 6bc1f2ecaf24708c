import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BackgroundTurns } from './background.ts';

/** Keeps the event loop without a moment to spare until the test ends, or until it is told to stop. */
function saturate(): () => void {
	let over = false;
	const spin = () => {
		const until = performance.now() + 3;
		while (performance.now() < until);
		if (!over) setImmediate(spin);
	};
	spin();
	const stop = () => {
		over = true;
	};
	onTestFinished(stop);
	return stop;
}

/** Asks until there is something to wait for. */
async function untilBusy(turns: BackgroundTurns): Promise<{ readonly wait: Promise<void> }> {
	for (;;) {
		const wait = turns.next();
		if (wait) return { wait };
		await turn();
	}
}

describe('BackgroundTurns', () => {
	it('has nobody wait while the loop has time to spare', async () => {
		await delay(50);
		expect(new BackgroundTurns().next()).toBeUndefined();
	});

	it('has background work wait while the loop is busy, but not for ever', async () => {
		saturate();
		const { wait } = await untilBusy(new BackgroundTurns());
		const from = performance.now();
		await wait;
		const waited = performance.now() - from;
		expect(waited).toBeGreaterThan(200);
		expect(waited).toBeLessThan(2_000);
	});

	it.each([
		['a turn that is not over goes on', 60_000, false],
		['after it there is another to wait for', 0, true],
	])('%s', async (_, turnMs, waits) => {
		saturate();
		const turns = new BackgroundTurns(turnMs);
		await (await untilBusy(turns)).wait;
		const deadline = performance.now() + 100;
		let waited = false;
		while (performance.now() < deadline && !waited) {
			waited = turns.next() !== undefined;
			await turn();
		}
		expect(waited).toBe(waits);
	});

	it('gives the turn as soon as the loop has time', async () => {
		const stop = saturate();
		const waits = [await untilBusy(new BackgroundTurns()), await untilBusy(new BackgroundTurns())];
		stop();
		const from = performance.now();
		await Promise.all(waits.map(({ wait }) => wait));
		expect(performance.now() - from).toBeLessThan(200);
	});
});

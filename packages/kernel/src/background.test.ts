import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answering, BackgroundTurns } from './background.ts';

/** Has so many wait for an answer until the test ends. */
function awaitAnswers(count: number): void {
	const { promise, resolve } = Promise.withResolvers<void>();
	for (let n = 0; n < count; n++) void answering(() => promise);
	onTestFinished(() => resolve());
}

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
		awaitAnswers(100);
		await delay(50);
		expect(new BackgroundTurns().next()).toBeUndefined();
	});

	it('has nobody wait in a busy loop while nobody waits for an answer', async () => {
		await delay(150);
		saturate();
		const turns = new BackgroundTurns();
		for (let times = 0; times < 20; times++) {
			expect(turns.next()).toBeUndefined();
			await turn();
		}
	});

	it.each([
		{ answers: 100, least: 200 },
		{ answers: 10, least: 30 },
	])('stands back for $answers answers in a busy loop, but not for ever', async ({ answers, least }) => {
		awaitAnswers(answers);
		saturate();
		const { wait } = await untilBusy(new BackgroundTurns());
		const from = performance.now();
		await wait;
		const waited = performance.now() - from;
		expect(waited).toBeGreaterThan(least);
		expect(waited).toBeLessThan(10_000);
	});

	it.each([
		['a turn that is not over goes on', 60_000, false],
		['after it there is another to wait for', 0, true],
	])('%s', async (_, turnMs, waits) => {
		awaitAnswers(10);
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
		awaitAnswers(1_000);
		const stop = saturate();
		const waits = [await untilBusy(new BackgroundTurns()), await untilBusy(new BackgroundTurns())];
		stop();
		const from = performance.now();
		await Promise.all(waits.map(({ wait }) => wait));
		expect(performance.now() - from).toBeLessThan(200);
	});
});

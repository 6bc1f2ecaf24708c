import { expect, it, onTestFinished } from 'vitest';
import { KafkaHealth } from './kafka-health.ts';

const report = { ready: true, checks: [{ name: 'store', ok: true }] };
const well = { ready: true, checks: [...report.checks, { name: 'kafka', ok: true }] };
const away = (why: string) => ({
	ready: true,
	checks: [
		...report.checks,
		{ name: 'kafka', ok: false, reason: expect.stringMatching(new RegExp(`^no answer for \\d+ s: events wait${why}$`)) },
	],
});

/** The machine may be busy with something else. */
const patient = { timeout: 10_000 };

function watched(ping: () => Promise<unknown>): KafkaHealth {
	const health = new KafkaHealth({ ping, everyMs: 5, patienceMs: 700 });
	onTestFinished(() => health.close());
	return health;
}

it('shows that Kafka is away, and that it is back, in reports that are as ready as they were', async () => {
	let there = true;
	let asked = 0;
	const health = watched(async () => {
		asked++;
		if (!there) throw new Error('refused for anna@example.cat');
	});
	await expect.poll(() => asked).toBeGreaterThan(2);
	await expect.poll(() => health.in(report), patient).toEqual(well);
	there = false;
	await expect.poll(() => health.in(report), patient).toEqual(away(' \\(refused for \\[redacted\\]\\)'));
	expect(health.in({ ready: false, checks: [] }).ready).toBe(false);
	there = true;
	await expect.poll(() => health.in(report), patient).toEqual(well);
});

it('shows a Kafka that neither answers nor refuses', async () => {
	const health = watched(() => new Promise(() => {}));
	expect(health.in(report)).toEqual(well);
	await expect.poll(() => health.in(report), patient).toEqual(away(''));
});

it('asks nothing more once it is closed', async () => {
	let asked = 0;
	const health = watched(async () => {
		asked++;
	});
	await expect.poll(() => asked).toBeGreaterThan(1);
	health.close();
	await new Promise((resolve) => setImmediate(resolve));
	const before = asked;
	await new Promise((resolve) => setTimeout(resolve, 30));
	expect(asked).toBe(before);
});

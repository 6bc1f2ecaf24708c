import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@fefaent/kernel';
import { describe, expect, test } from 'vitest';
import { allDone, eventually, quick, text } from '../conformance/kit.ts';
import { openEmbeddedBus } from '../index.ts';

/**
 * The child publishes `key:number` for ever, one message dying now and then, dead ones being redriven, and says on standard output what is durable
 * (`p` published, `d` done). It kills itself at the named point when it passes it for the n-th time.
 */
const program = (path: string, point: string, passes: number) => `
import { armCrashpoints, systemClock } from ${JSON.stringify(import.meta.resolve('@fefaent/kernel'))};
import { openEmbeddedBus } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
import { writeSync } from 'node:fs';
const say = (line) => writeSync(1, line + '\\n');
let passes = ${passes};
armCrashpoints((name) => {
	if (name === ${JSON.stringify(point)} && --passes === 0) process.kill(process.pid, 'SIGKILL');
});
const bus = openEmbeddedBus({ path: ${JSON.stringify(path)}, clock: systemClock, retentionMs: 0 });
bus.follow({ topics: ['t'], group: 'g', handle: async (batch) => batch.map((one) => {
	const text = Buffer.from(one.body).toString();
	if (Number(text.split(':')[1]) % 7 === 3 && Math.random() < 0.5) return { kind: 'dead', reason: 'told to' };
	say('d ' + text);
	return { kind: 'done' };
}) });
for (let next = 0; ; next += 5) {
	const texts = [0, 1, 2, 3, 4].map((index) => 'k' + (index % 3) + ':' + (next + index));
	await bus.publish(texts.map((body) => ({ id: body, topic: 't', key: body.slice(0, 2), type: 'x', at: new Date(), headers: {}, body: Buffer.from(body) })));
	for (const text of texts) say('p ' + text);
	await bus.redrive({});
	await bus.sweep();
}`;

const points = [
	'store.bus.before-commit',
	'store.bus.after-commit',
	'bus.log.before-append',
	'bus.log.after-append',
	'bus.log.before-sweep',
	'bus.offset.before-commit',
	'bus.offset.after-commit',
	'bus.dead-letter.before-write',
	'bus.dead-letter.after-write',
	'bus.redrive.before-write',
	'bus.redrive.after-write',
];

describe('killed at', () => {
	test.each(points)('%s: nothing published is lost', async (point) => {
		const folder = mkdtempSync(join(tmpdir(), 'bus-'));
		const path = join(folder, 'bus.db');
		const child = spawn(process.execPath, ['--input-type=module', '-e', program(path, point, 4)], { stdio: ['ignore', 'pipe', 'inherit'] });
		const exited = once(child, 'exit');
		let said = '';
		for await (const chunk of child.stdout) said += chunk;
		expect((await exited)[1]).toBe('SIGKILL');
		const lines = (kind: string) => said.split('\n').flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(2)] : []));

		const done = lines('d');
		const bus = openEmbeddedBus({ path, clock: systemClock, retentionMs: 0 });
		bus.follow({
			topics: ['t'],
			group: 'g',
			retry: quick(3),
			handle: async (batch) => {
				done.push(...batch.map(text));
				return allDone(batch);
			},
		});
		await bus.redrive({});
		await eventually(
			'rest',
			async () => (await bus.lag()).every(({ pending, dead }) => pending === 0 && dead === 0) && (await bus.lag()).length > 0,
		);
		const published = lines('p');
		expect(published.filter((one) => !done.includes(one))).toEqual([]);
		// Whole calls: at most the one under way is in the log without having been answered.
		expect(new Set(done).size - published.length).toBeOneOf([0, 5]);
		await bus.close();
		rmSync(folder, { recursive: true });
	});
});

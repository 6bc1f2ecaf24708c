import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { systemClock } from '@fefaent/kernel';
import { describe, expect, test } from 'vitest';
import { allDone, eventually, quick, text } from '../conformance/kit.ts';
import { openKafkaBus } from './index.ts';
import { kafkaTestTopics } from './testing.ts';

/** Like the program of the embedded bus's own kill test, on Kafka. */
const program = (options: object, topic: string, group: string, point: string, passes: number) => `
import { armCrashpoints, systemClock } from ${JSON.stringify(import.meta.resolve('@fefaent/kernel'))};
import { openKafkaBus } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
import { writeSync } from 'node:fs';
const say = (line) => writeSync(1, line + '\\n');
let passes = ${passes};
armCrashpoints((name) => {
	if (name === ${JSON.stringify(point)} && --passes === 0) process.kill(process.pid, 'SIGKILL');
});
const topic = ${JSON.stringify(topic)};
const bus = openKafkaBus({ ...${JSON.stringify(options)}, clock: systemClock });
bus.follow({ topics: [topic], group: ${JSON.stringify(group)}, handle: async (batch) => batch.map((one) => {
	const text = Buffer.from(one.body).toString();
	if (Number(text.split(':')[1]) % 7 === 3 && Math.random() < 0.5) return { kind: 'dead', reason: 'told to' };
	say('d ' + text);
	return { kind: 'done' };
}) });
for (let next = 0; ; next += 5) {
	const texts = [0, 1, 2, 3, 4].map((index) => 'k' + (index % 3) + ':' + (next + index));
	await bus.publish(texts.map((body) => ({ id: body, topic, key: body.slice(0, 2), type: 'x', at: new Date(), headers: {}, body: Buffer.from(body) })));
	for (const text of texts) say('p ' + text);
	await bus.redrive({});
}`;

const points = [
	'bus.log.before-append',
	'bus.log.after-append',
	'bus.offset.before-commit',
	'bus.offset.after-commit',
	'bus.dead-letter.before-write',
	'bus.dead-letter.after-write',
	'bus.redrive.before-write',
	'bus.redrive.published',
	'bus.redrive.after-write',
];

describe('a process on Kafka killed at', () => {
	test.each(points)('%s: nothing published is lost', { timeout: 90_000 }, async (point) => {
		const world = kafkaTestTopics();
		const topic = `kill.${randomUUID()}`;
		const group = `g.${topic}`;
		await world.make([{ name: topic, groups: [group] }]);
		const child = spawn(process.execPath, ['--input-type=module', '-e', program(world.options(), topic, group, point, 4)], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const exited = once(child, 'exit');
		let said = '';
		for await (const chunk of child.stdout) said += chunk;
		expect((await exited)[1]).toBe('SIGKILL');
		const lines = (kind: string) => said.split('\n').flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(2)] : []));

		const done = lines('d');
		const bus = openKafkaBus({ ...world.options(), clock: systemClock });
		bus.follow({
			topics: [topic],
			group,
			retry: quick(3),
			handle: async (batch) => {
				done.push(...batch.map(text));
				return allDone(batch);
			},
		});
		await bus.redrive({});
		await eventually('rest', async () => (await bus.lag()).every(({ pending, dead }) => pending === 0 && dead === 0), 60_000);
		const published = lines('p');
		expect(published.filter((one) => !done.includes(one))).toEqual([]);
		await bus.close();
		await world.remove();
	});
});

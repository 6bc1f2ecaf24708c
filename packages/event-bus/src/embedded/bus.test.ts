import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armCrashpoints, ManualClock } from '@fefaent/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allDone, eventually, quick, text } from '../conformance/kit.ts';
import { type BusMessage, type EmbeddedBus, type Following, openEmbeddedBus } from '../index.ts';

const day = 86_400_000;
const topic = 't';
let folder: string;
let clock: ManualClock;
let bus: EmbeddedBus;
let errors: string[];
/** The last {@link collect}; stopping it commits its offsets. */
let collecting: Following;

const open = () =>
	openEmbeddedBus({ path: join(folder, 'bus.db'), clock, retentionMs: day, onError: (error, where) => errors.push(`${where}: ${error}`) });

const message = (key: string, body: string): BusMessage => ({
	id: body,
	topic,
	key,
	type: 'x',
	at: clock.now(),
	headers: {},
	body: Buffer.from(body),
});

function collect(group: string): string[] {
	const texts: string[] = [];
	collecting = bus.follow({
		topics: [topic],
		group,
		retry: quick(3),
		handle: async (batch) => {
			texts.push(...batch.map(text));
			return allDone(batch);
		},
	});
	return texts;
}

const atRest = (group: string) =>
	eventually(`${group} at rest`, async () => (await bus.lag()).some((one) => one.group === group && one.pending === 0));

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'bus-'));
	clock = new ManualClock();
	errors = [];
	bus = open();
});
afterEach(async () => {
	armCrashpoints(undefined);
	await bus.close();
	rmSync(folder, { recursive: true });
});

describe('retention', () => {
	test('keeps what a group has not passed, however old, and what is young, whoever passed it', async () => {
		await bus.publish([message('a', '1'), message('b', '2')]);
		const slow = bus.follow({
			topics: [topic],
			group: 'slow',
			retry: quick(Number.POSITIVE_INFINITY),
			handle: async (batch) => batch.map((one) => (text(one) === '2' ? { kind: 'retry', reason: 'no' } : { kind: 'done' })),
		});
		collect('fast');
		await atRest('fast');
		await eventually('the slow one at its obstacle', async () =>
			(await bus.lag()).some((one) => one.group === 'slow' && one.pending === 1),
		);
		expect(await bus.sweep()).toBe(0);
		await slow.stop();
		await collecting.stop();
		clock.advance(2 * day);
		await bus.sweep();
		const first = collect('first');
		await atRest('first');
		expect(first).toEqual(['2']);

		collect('slow');
		await atRest('slow');
		await bus.close();
		bus = open();
		await bus.publish([message('a', '3')]);
		expect(await bus.sweep()).toBe(1);
		const second = collect('second');
		await atRest('second');
		expect(second).toEqual(['3']);
	});

	test('moving the clock sweeps, in small transactions, and offsets are not used again', async () => {
		await bus.publish(Array.from({ length: 2500 }, (_, index) => message(`k${index}`, `${index}`)));
		clock.advance(day + 1);
		await eventually('an empty log', async () => (await bus.sweep()) === 0);
		await bus.close();
		bus = open();
		let offset = 0;
		bus.follow({
			topics: [topic],
			group: 'g',
			handle: async (batch) => {
				offset = batch[0]?.offset ?? 0;
				return allDone(batch);
			},
		});
		await bus.publish([message('a', 'new')]);
		await atRest('g');
		expect(offset).toBe(2501);
	});

	test('dead letters are kept, and can be redriven after their message is gone from the log', async () => {
		const failing = bus.follow({
			topics: [topic],
			group: 'g',
			handle: async (batch) => batch.map(() => ({ kind: 'dead', reason: 'broken' })),
		});
		await bus.publish([message('a', '1')]);
		await atRest('g');
		await failing.stop();
		clock.advance(2 * day);
		await bus.sweep();
		await bus.publish([message('b', '2')]);
		const newcomer = collect('newcomer');
		await atRest('newcomer');
		expect(newcomer).toEqual(['2']);
		expect(await bus.redrive({})).toBe(1);
		const healed = collect('g');
		await atRest('g');
		expect(healed.sort()).toEqual(['1', '2']);
	});
});

describe('its own failures', () => {
	test('a publish that is refused before the log writes nothing', async () => {
		armCrashpoints((name) => {
			if (name === 'bus.log.before-append') throw new Error('struck');
		});
		await expect(bus.publish([message('a', '1')])).rejects.toThrow('struck');
		armCrashpoints(undefined);
		const texts = collect('g');
		await bus.publish([message('a', '2')]);
		await atRest('g');
		expect(texts).toEqual(['2']);
	});

	test('a publish that fails after the commit is delivered all the same', async () => {
		const texts = collect('g');
		await atRest('g');
		armCrashpoints((name) => {
			if (name === 'bus.log.after-append') throw new Error('struck');
		});
		await expect(bus.publish([message('a', '1')])).rejects.toThrow('struck');
		await eventually('the message', () => texts.length === 1);
	});

	test('a death that cannot be recorded is tried again, and its key waits', async () => {
		let strikes = 2;
		armCrashpoints((name) => {
			if (name === 'bus.dead-letter.before-write' && strikes-- > 0) throw new Error('struck');
		});
		const done: string[] = [];
		bus.follow({
			topics: [topic],
			group: 'g',
			handle: async (batch) =>
				batch.map((one) => {
					if (text(one) === '1') return { kind: 'dead', reason: 'broken' };
					done.push(text(one));
					return { kind: 'done' };
				}),
		});
		await bus.publish([message('a', '1'), message('a', '2')]);
		await atRest('g');
		expect(done).toEqual(['2']);
		expect(errors).toEqual(['g bury: Error: struck', 'g bury: Error: struck']);
		expect(await bus.deadLetters()).toMatchObject([{ id: '1', diedAt: clock.now() }]);
	});

	test('offsets that could not be committed are committed later, or the messages come again', async () => {
		armCrashpoints((name) => {
			if (name === 'bus.offset.before-commit') throw new Error('struck');
		});
		collect('g');
		await bus.publish([message('a', '1')]);
		await atRest('g');
		await bus.close();
		expect(errors).toContain('g commit: Error: struck');
		armCrashpoints(undefined);
		bus = open();
		const again = collect('g');
		await atRest('g');
		expect(again).toEqual(['1']);
	});
});

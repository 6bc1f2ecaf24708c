import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Outcome } from '../port.ts';
import { allDone, type ConformanceCase, eventually, scene, text } from './kit.ts';

const dead: Outcome = { kind: 'dead', reason: 'broken' };

/** What a restart must keep. */
export const restartCases: readonly ConformanceCase[] = [
	scene('what was published before a restart is delivered after it', async (on) => {
		await on.publish('a:1', 'a:2');
		await on.restart();
		const { texts } = on.collect('g');
		await on.atRest('g');
		deepEqual(texts, ['a:1', 'a:2']);
	}),

	scene('what was done before a clean stop is not delivered again, and new messages go on from there', async (on) => {
		on.collect('g');
		await on.publish('a:1', 'b:2');
		await on.atRest('g');
		await on.restart();
		const { texts } = on.collect('g');
		await on.publish('a:3');
		await on.atRest('g');
		deepEqual(texts, ['a:3']);
	}),

	scene('what was not done is delivered again, before the later ones of its key', async (on) => {
		const seen: string[] = [];
		on.follow(
			'g',
			async (batch) =>
				batch.map((one) => {
					seen.push(text(one));
					return text(one) === 'a:1' ? { kind: 'retry', reason: 'not in this life' } : { kind: 'done' };
				}),
			{ retry: { firstMs: 60_000, factor: 1, maxMs: 60_000, jitter: 0, maxAttempts: 9 } },
		);
		await on.publish('a:1', 'b:2', 'a:3');
		await eventually('both keys', () => seen.length === 2);
		await on.restart();
		const { texts } = on.collect('g');
		await on.atRest('g');
		deepEqual(
			texts.filter((one) => one.startsWith('a')),
			['a:1', 'a:3'],
		);
	}),

	scene('dead letters outlive a restart and are not delivered until they are redriven', async (on) => {
		// The first message stays undone, so the offset committed lies below the dead one.
		const handle = async (batch: readonly { readonly body: Uint8Array }[]): Promise<Outcome[]> =>
			batch.map(({ body }) => (Buffer.from(body).toString() === 'b:2' ? dead : { kind: 'retry', reason: 'later' }));
		on.follow('g', handle, { retry: { firstMs: 60_000, factor: 1, maxMs: 60_000, jitter: 0, maxAttempts: 9 } });
		await on.publish('a:1', 'b:2');
		await eventually('the death', async () => (await on.lag('g'))?.dead === 1);
		await on.restart();
		deepEqual(await on.lag('g'), { pending: 1, dead: 1 });
		const { texts, following } = on.collect('g');
		await on.atRest('g');
		deepEqual(texts, ['a:1']);
		await following.stop();
		equal(await on.bus.redrive({ group: on.group('g') }), 1);
		deepEqual(await on.lag('g'), { pending: 1, dead: 0 });
		await on.restart();
		const after = on.collect('g');
		await on.atRest('g');
		deepEqual(after.texts, ['b:2']);
		await on.restart();
		deepEqual(await on.lag('g'), { pending: 0, dead: 0 });
		deepEqual(await on.bus.deadLetters({ group: on.group('g') }), []);
	}),

	scene('close waits for the handlers under way and keeps what they did', async (on) => {
		const gate = Promise.withResolvers<void>();
		let begun = false;
		let ended = false;
		on.follow('g', async (batch) => {
			begun = true;
			await gate.promise;
			ended = true;
			return allDone(batch);
		});
		await on.publish('a:1');
		await eventually('the handler', () => begun);
		const closing = on.close();
		gate.resolve();
		await closing;
		ok(ended);
		await on.open();
		deepEqual(await on.lag('g'), { pending: 0, dead: 0 });
	}),
];

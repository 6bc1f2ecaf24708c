import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import type { Delivery } from '../port.ts';
import { allDone, type ConformanceCase, eventually, scene, text } from './kit.ts';

/** What arrives, in which order, how many at once. */
export const deliveryCases: readonly ConformanceCase[] = [
	scene('a message arrives whole', async (on) => {
		const got: Delivery[] = [];
		on.follow('g', async (batch) => {
			got.push(...batch);
			return allDone(batch);
		});
		const sent = {
			...on.message('k', ''),
			headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'ce-source': 'fefaent/à' },
			body: new Uint8Array([0, 255, 128, 10]),
		};
		await on.bus.publish([sent]);
		await eventually('the message', () => got.length === 1);
		const { offset, attempt, body, ...rest } = got[0] as Delivery;
		deepEqual({ ...rest, body: [...body] }, { ...sent, body: [...sent.body] });
		equal(attempt, 1);
		ok(Number.isSafeInteger(offset));
	}),

	scene('publishing nothing is nothing', async (on) => {
		await on.bus.publish([]);
	}),

	scene('messages of a key arrive in the order published, within a call and across calls', async (on) => {
		const { texts } = on.collect('g', { maxBatch: 7, maxInFlight: 4 });
		const keys = ['a', 'b', 'c'];
		const all = Array.from({ length: 120 }, (_, index) => `${keys[index % 3]}:${index}`);
		for (let from = 0; from < all.length; from += 10) await on.publish(...all.slice(from, from + 10));
		await eventually('all of them', () => texts.length === all.length);
		for (const key of keys) {
			const ofKey = (one: string) => one.startsWith(key);
			deepEqual(texts.filter(ofKey), all.filter(ofKey));
		}
	}),

	scene('bounds are kept: batch size, batches at once, one message of a key in flight', async (on) => {
		await on.publish(...Array.from({ length: 300 }, (_, index) => `k${index % 40}:${index}`));
		let inFlight = 0;
		let most = 0;
		let handled = 0;
		const keysOut = new Set<string>();
		const faults: string[] = [];
		on.follow(
			'g',
			async (batch) => {
				most = Math.max(most, ++inFlight);
				if (batch.length > 10) faults.push(`a batch of ${batch.length}`);
				for (const { key } of batch) {
					if (keysOut.has(key)) faults.push(`key ${key} twice in flight`);
					keysOut.add(key);
				}
				await new Promise((resolve) => setImmediate(resolve));
				for (const { key } of batch) keysOut.delete(key);
				inFlight--;
				handled += batch.length;
				return allDone(batch);
			},
			{ maxBatch: 10, maxInFlight: 3 },
		);
		await eventually('all of them', () => handled === 300);
		deepEqual(faults, []);
		ok(most <= 3, `${most} batches at once`);
	}),

	scene('what waits is delivered in batches', async (on) => {
		await on.publish(...Array.from({ length: 100 }, (_, index) => `k${index}:${index}`));
		const sizes: number[] = [];
		on.follow(
			'g',
			async (batch) => {
				sizes.push(batch.length);
				return allDone(batch);
			},
			{ maxBatch: 50 },
		);
		await on.atRest('g');
		equal(
			sizes.reduce((sum, size) => sum + size, 0),
			100,
		);
		ok(Math.max(...sizes) > 10, `largest batch ${Math.max(...sizes)}`);
	}),

	scene(
		'every group gets every message; one that comes later starts at the beginning',
		async (on) => {
			const early = on.collect('early');
			const other = on.collect('other');
			await on.publish('a:1', 'b:2');
			await on.atRest('early');
			await on.atRest('other');
			const late = on.collect('late');
			await eventually('the late group', () => late.texts.length === 2);
			for (const { texts } of [early, other, late]) deepEqual(texts.sort(), ['a:1', 'b:2']);
		},
		{ groups: ['early', 'other', 'late'] },
	),

	scene(
		'a group follows several topics',
		async (on) => {
			const second = `${on.topic}.second`;
			const { texts } = on.collect('g', { topics: [on.topic, second] });
			await on.bus.publish([on.message('a', 'one'), on.message('a', 'two', second), on.message('b', 'three', `${on.topic}.nobodys`)]);
			await eventually('both', () => texts.length === 2);
			deepEqual(texts.sort(), ['one', 'two']);
		},
		{ topics: ['', '.second', '.nobodys'] },
	),

	scene('publishing does not wait for consumers, and nothing published is lost on one that is slow', async (on) => {
		const gate = Promise.withResolvers<void>();
		const got = new Set<string>();
		on.follow(
			'g',
			async (batch) => {
				await gate.promise;
				for (const one of batch) got.add(text(one));
				return allDone(batch);
			},
			{ maxBatch: 20, maxInFlight: 1, lookAhead: 50 },
		);
		for (let call = 0; call < 20; call++) await on.publish(...Array.from({ length: 50 }, (_, index) => `k${index}:${call * 50 + index}`));
		equal((await on.lag('g'))?.pending, 1000);
		gate.resolve();
		await on.atRest('g');
		equal(got.size, 1000);
	}),

	scene('stop waits for what is under way and delivers no more', async (on) => {
		const gate = Promise.withResolvers<void>();
		const got: string[] = [];
		const following = on.follow(
			'g',
			async (batch) => {
				got.push(...batch.map(text));
				await gate.promise;
				return allDone(batch);
			},
			{ maxInFlight: 1 },
		);
		await on.publish('a:1', 'a:2');
		await eventually('the first', () => got.length === 1);
		let stopped = false;
		const stopping = following.stop().then(() => {
			stopped = true;
		});
		await on.publish('b:3');
		equal(stopped, false);
		gate.resolve();
		await stopping;
		deepEqual(got, ['a:1']);
		const next = on.collect('g');
		await on.atRest('g');
		deepEqual(next.texts.sort(), ['a:2', 'b:3']);
	}),

	scene(
		'a group has one live follower on a topic',
		async (on) => {
			const { following } = on.collect('g');
			throws(() => on.collect('g'), { reason: 'BUS_GROUP_TAKEN' });
			on.collect('h');
			await following.stop();
			on.collect('g');
		},
		{ groups: ['g', 'h'] },
	),

	scene('a closed bus refuses', async (on) => {
		const { bus } = on;
		await on.close();
		await rejects(bus.publish([on.message('a', '1')]), { reason: 'BUS_CLOSED' });
		throws(() => bus.follow({ topics: [on.topic], group: 'g', handle: async (batch) => allDone(batch) }), { reason: 'BUS_CLOSED' });
		await bus.close();
	}),
];

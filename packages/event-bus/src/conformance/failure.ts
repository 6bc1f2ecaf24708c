import { deepEqual, equal, ok } from 'node:assert/strict';
import { DomainError } from '@fefaent/kernel';
import type { DeadLetter, Outcome } from '../port.ts';
import { allDone, type ConformanceCase, eventually, quick, scene, text } from './kit.ts';

const retry = (reason: string): Outcome => ({ kind: 'retry', reason });
const dead = (reason: string): Outcome => ({ kind: 'dead', reason });

/** Retries, poison, dead letters, redrive. */
export const failureCases: readonly ConformanceCase[] = [
	scene('a message that asks for it is tried again, and its count goes up', async (on) => {
		const attempts: number[] = [];
		on.follow('g', async (batch) =>
			batch.map(({ attempt }) => {
				attempts.push(attempt);
				return attempt < 3 ? retry('not yet') : { kind: 'done' };
			}),
		);
		await on.publish('a:1');
		await on.atRest('g');
		deepEqual(attempts, [1, 2, 3]);
		deepEqual(await on.lag('g'), { pending: 0, dead: 0 });
	}),

	scene('a key under retry holds back its own messages and no others', async (on) => {
		const done: string[] = [];
		let open = false;
		on.follow(
			'g',
			async (batch) =>
				batch.map((one) => {
					if (text(one) === 'a:1' && !open) return retry('closed');
					done.push(text(one));
					return { kind: 'done' };
				}),
			{ retry: quick(Number.POSITIVE_INFINITY), maxInFlight: 1 },
		);
		await on.publish('a:1', 'a:2', ...Array.from({ length: 200 }, (_, index) => `b${index % 5}:${index}`), 'a:3');
		await eventually('the other keys', () => done.length === 200);
		await on.publish('c:1');
		await eventually('a later key', () => done.includes('c:1'));
		ok(!done.some((one) => one.startsWith('a:')));
		open = true;
		await on.atRest('g');
		deepEqual(
			done.filter((one) => one.startsWith('a:')),
			['a:1', 'a:2', 'a:3'],
		);
	}),

	scene('after the last try a message is dead, with its reason and history, and its key goes on', async (on) => {
		const done: string[] = [];
		on.follow('g', async (batch) =>
			batch.map((one) => {
				if (text(one) === 'a:1') return retry(`failure ${one.attempt}`);
				done.push(text(one));
				return { kind: 'done' };
			}),
		);
		await on.publish('a:1', 'a:2');
		await on.atRest('g');
		deepEqual(done, ['a:2']);
		deepEqual(await on.lag('g'), { pending: 0, dead: 1 });
		const [letter, ...more] = await on.bus.deadLetters({ group: on.group('g') });
		equal(more.length, 0);
		const { reason, attempts, history, key, topic, type, diedAt, body } = letter as DeadLetter;
		deepEqual({ reason, attempts, key, topic, type }, { reason: 'failure 3', attempts: 3, key: 'a', topic: on.topic, type: 'Tested' });
		deepEqual(
			history.map(({ attempt, reason: why }) => [attempt, why]),
			[
				[1, 'failure 1'],
				[2, 'failure 2'],
				[3, 'failure 3'],
			],
		);
		ok(diedAt instanceof Date && history.every(({ at }) => at instanceof Date));
		equal(Buffer.from(body).toString(), 'a:1');
	}),

	scene('a hopeless message is dead at once', async (on) => {
		let tries = 0;
		on.follow('g', async (batch) => {
			tries += batch.length;
			return batch.map(() => dead('unreadable'));
		});
		await on.publish('a:1');
		await on.atRest('g');
		equal(tries, 1);
		deepEqual(
			(await on.bus.deadLetters({ topic: on.topic })).map(({ reason, attempts, group }) => ({ reason, attempts, group })),
			[{ reason: 'unreadable', attempts: 1, group: on.group('g') }],
		);
	}),

	scene('when a batch is rejected, its poison is found and the others go through', async (on) => {
		await on.publish(...Array.from({ length: 20 }, (_, index) => `k${index}:${index}`));
		const done = new Set<string>();
		on.follow(
			'g',
			async (batch) => {
				if (batch.some((one) => text(one) === 'k7:7')) throw new Error('struck');
				for (const one of batch) done.add(text(one));
				return allDone(batch);
			},
			{ maxInFlight: 1 },
		);
		await on.atRest('g');
		equal(done.size, 19);
		const letters = await on.bus.deadLetters({ group: on.group('g') });
		deepEqual(
			letters.map(({ body, attempts, reason }) => [Buffer.from(body).toString(), attempts, reason]),
			[['k7:7', 3, 'Error']],
		);
	}),

	scene('what is away for longer than all tries take makes no dead letters: only failures that do not pass count', async (on) => {
		const away = () => new DomainError('UNAVAILABLE', 'unavailable', 'the service cannot be reached');
		const tries = new Map<string, number>();
		on.follow(
			'g',
			async (batch) => {
				for (const { body, attempt } of batch) tries.set(Buffer.from(body).toString(), attempt);
				if (batch.some(({ attempt }) => attempt <= 10)) throw away();
				if (batch.some((one) => text(one) === 'b:2')) throw new Error('struck');
				return allDone(batch);
			},
			{ retry: quick(3) },
		);
		await on.publish('a:1', 'b:2');
		await on.atRest('g');
		deepEqual([...tries].sort(), [
			['a:1', 11],
			['b:2', 13],
		]);
		deepEqual(
			(await on.bus.deadLetters({ group: on.group('g') })).map(({ body, attempts, history }) => [
				Buffer.from(body).toString(),
				attempts,
				history.slice(-4).map(({ reason }) => reason),
			]),
			[['b:2', 13, ['UNAVAILABLE: the service cannot be reached', 'Error', 'Error', 'Error']]],
		);
	}),

	scene('a dead letter says why without quoting: no text of foreign errors, nothing that looks like a person', async (on) => {
		const duplicate = Object.assign(new Error('dup key: { email: "anna@example.cat" }'), { name: 'MongoServerError', code: 11_000 });
		on.follow(
			'g',
			async (batch) => {
				if (batch.some((one) => text(one) === 'a:1')) throw duplicate;
				return batch.map(() => dead('no mailbox anna@example.cat'));
			},
			{ retry: quick(1), maxBatch: 1 },
		);
		await on.publish('a:1', 'b:2');
		await on.atRest('g');
		const letters = await on.bus.deadLetters({ group: on.group('g') });
		deepEqual(letters.map(({ key, reason, history }) => [key, reason, history.map(({ reason: why }) => why)]).sort(), [
			['a', 'MongoServerError 11000', ['MongoServerError 11000']],
			['b', 'no mailbox [redacted]', ['no mailbox [redacted]']],
		]);
	}),

	scene('a wrong number of outcomes settles nothing', async (on) => {
		let calls = 0;
		const done = new Set<string>();
		on.follow('g', async (batch) => {
			if (calls++ === 0) return [...allDone(batch), { kind: 'done' }];
			for (const one of batch) done.add(text(one));
			return allDone(batch);
		});
		await on.publish('a:1', 'b:2');
		await on.atRest('g');
		deepEqual([...done].sort(), ['a:1', 'b:2']);
	}),

	scene(
		'redrive puts dead letters back to their own group, in order and with new tries',
		async (on) => {
			let healed = false;
			const done: string[] = [];
			const attempts: number[] = [];
			on.follow('g', async (batch) =>
				batch.map((one) => {
					if (!healed) return dead('broken');
					done.push(text(one));
					attempts.push(one.attempt);
					return { kind: 'done' };
				}),
			);
			const other = on.collect('other');
			await on.publish('a:1', 'a:2', 'a:3');
			await on.atRest('g');
			await on.atRest('other');
			healed = true;
			equal(await on.bus.redrive({ group: on.group('other') }), 0);
			equal(await on.bus.redrive({ group: on.group('g'), topic: on.topic }), 3);
			await on.atRest('g');
			deepEqual(done, ['a:1', 'a:2', 'a:3']);
			deepEqual(attempts, [1, 1, 1]);
			deepEqual(other.texts, ['a:1', 'a:2', 'a:3']);
			deepEqual(await on.lag('g'), { pending: 0, dead: 0 });
			equal(await on.bus.redrive({ group: on.group('g') }), 0);
		},
		{ groups: ['g', 'other'] },
	),

	scene('redrive takes the messages named, and one that dies again remembers both lives', async (on) => {
		on.follow('g', async (batch) => batch.map(() => dead('broken')));
		await on.publish('a:1', 'b:2');
		await on.atRest('g');
		const [first] = await on.bus.deadLetters({ group: on.group('g') });
		equal(await on.bus.redrive({ group: on.group('g'), ids: [first?.id ?? '', 'unknown'] }), 1);
		await eventually('its second death', async () => {
			const letters = await on.bus.deadLetters({ group: on.group('g') });
			return letters.length === 2 && letters.some(({ id, attempts }) => id === first?.id && attempts === 2);
		});
		const again = (await on.bus.deadLetters({ group: on.group('g') })).find(({ id }) => id === first?.id);
		equal(again?.history.length, 2);
		equal((await on.bus.deadLetters({ group: on.group('g'), limit: 1 })).length, 1);
	}),
];

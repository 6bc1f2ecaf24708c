import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const never = new AbortController().signal;

test('runs so many at once, the others in their order', async () => {
	const turns = new Turns(2);
	const begun: number[] = [];
	const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<object>());
	const done = gates.map(({ promise }, index) =>
		turns.run(never, () => {
			begun.push(index);
			return promise;
		}),
	);
	await Promise.resolve();
	expect(begun).toEqual([0, 1]);
	gates[1]?.resolve({});
	await done[1];
	await Promise.resolve();
	expect(begun).toEqual([0, 1, 2]);
	for (const { resolve } of gates) resolve({});
	await Promise.all(done);
	expect(begun).toEqual([0, 1, 2, 3]);
});

test('work that fails gives its turn on; work whose deadline ends in the queue is not begun', async () => {
	const turns = new Turns(1);
	const first = Promise.withResolvers<object>();
	const failing = turns.run(never, () => first.promise);
	const ending = new AbortController();
	let begun = 0;
	const count = async () => ({ begun: ++begun });
	const late = turns.run(ending.signal, count);
	const last = turns.run(never, count);
	ending.abort();
	expect(await late).toBeUndefined();
	first.reject(new Error('broken'));
	await expect(failing).rejects.toThrow('broken');
	expect(await last).toEqual({ begun: 1 });
	expect(await turns.run(ending.signal, count)).toBeUndefined();
});

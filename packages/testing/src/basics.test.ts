import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { eventually, eventuallyFound } from './eventually.ts';
import { freePort } from './free-port.ts';
import { Recorder } from './recorder.ts';
import { seededRandom } from './seeded-random.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('eventually', () => {
	it('tries until a predicate is true, and answers what it found', async () => {
		let tries = 0;
		expect(await eventually(() => ++tries === 3 && { tries }, { everyMs: 1 })).toEqual({ tries: 3 });
	});

	it('tries until an assertion holds', async () => {
		let tries = 0;
		await eventually(() => expect(++tries).toBe(3), { everyMs: 1 });
		expect(tries).toBe(3);
	});

	it('fails with what the last try said', async () => {
		const cause = new Error('still closed');
		const failing = eventually(
			() => {
				throw cause;
			},
			{ timeoutMs: 20, everyMs: 5 },
		);
		await expect(failing).rejects.toThrow(/^not so after \d+ ms and \d+ tries: still closed$/);
		await expect(failing).rejects.toMatchObject({ cause });
		await expect(eventually(() => false, { timeoutMs: 1 })).rejects.toThrow(/it answers false/);
	});

	it('always tries once, even with no time', async () => {
		expect(await eventually(() => 'at once', { timeoutMs: 0 })).toBe('at once');
	});

	it('takes zero and the empty string for something found', async () => {
		const answers = [undefined, null, 0];
		expect(await eventuallyFound(() => answers.shift(), { everyMs: 1 })).toBe(0);
		expect(await eventuallyFound(() => '')).toBe('');
	});
});

describe('temporaryFolder', () => {
	it('is empty, its own, and gone afterwards', async () => {
		let path: string;
		{
			await using folder = temporaryFolder();
			await using other = temporaryFolder();
			expect(other.path).not.toBe(folder.path);
			path = folder.path;
			writeFileSync(folder.join('a.txt'), 'content');
			expect(readFileSync(`${path}/a.txt`, 'utf8')).toBe('content');
		}
		expect(existsSync(path)).toBe(false);
	});

	it('may be removed twice', async () => {
		const folder = temporaryFolder();
		await folder.remove();
		await folder.remove();
		expect(existsSync(folder.path)).toBe(false);
	});
});

it('freePort gives a port that can be listened on', async () => {
	const port = await freePort();
	await using server = createServer();
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	server.once('error', reject);
	server.listen(port, '127.0.0.1', resolve);
	await promise;
	expect(server.address()).toMatchObject({ port });
});

describe('seededRandom', () => {
	it('repeats itself for one seed and differs for another', () => {
		const draw = (seed: number) => Array.from({ length: 20 }, seededRandom(seed).next);
		expect(draw(7)).toEqual(draw(7));
		expect(draw(7)).not.toEqual(draw(8));
	});

	it('keeps to its bounds and reaches all of them', () => {
		const random = seededRandom(1);
		const drawn = new Set(Array.from({ length: 1_000 }, () => random.int(-1, 3)));
		expect([...drawn].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2, 3]);
		for (let draw = 0; draw < 1_000; draw++) {
			const number = random.next();
			expect(number >= 0 && number < 1).toBe(true);
		}
	});

	it('picks and shuffles without losing any', () => {
		const random = seededRandom(2);
		const list = [1, 2, 3, 4, 5, 6, 7, 8];
		expect(list).toContain(random.pick(list));
		const shuffled = random.shuffle(list);
		expect(shuffled).not.toEqual(list);
		expect(shuffled.toSorted()).toEqual(list);
		expect(random.bytes(5)).toHaveLength(5);
		expect(() => random.pick([])).toThrow(RangeError);
	});
});

describe('Recorder', () => {
	it('waits for a count, come already or not', async () => {
		const recorder = new Recorder<string>('words');
		recorder.add('one');
		const both = recorder.waitFor(2);
		recorder.add('two');
		expect(await both).toEqual(['one', 'two']);
		expect(await recorder.waitFor(1)).toEqual(['one', 'two']);
	});

	it('waits for one that satisfies, the first that came', async () => {
		const recorder = new Recorder<string>('words');
		const long = recorder.waitFor((word) => word.length > 3);
		for (const word of ['one', 'three', 'seven']) recorder.add(word);
		expect(await long).toBe('three');
		expect(await recorder.waitFor((word) => word.endsWith('n'))).toBe('seven');
	});

	it('fails in time and says how many came', async () => {
		const recorder = new Recorder<string>('words');
		recorder.add('one');
		await expect(recorder.waitFor(2, 10)).rejects.toThrow('waited 10 ms for 2 words; received 1');
		await expect(recorder.waitFor((word) => word === 'two', 10)).rejects.toThrow('waited 10 ms for one of the words; received 1');
	});

	it('tells its listeners until they stop', () => {
		const recorder = new Recorder<string>('words');
		const heard: string[] = [];
		const stop = recorder.on((word) => heard.push(word));
		recorder.add('one');
		stop();
		recorder.add('two');
		expect(heard).toEqual(['one']);
	});
});

import { describe, expect, it } from 'vitest';
import { ReadCache } from './cache.ts';

function counting<V>(value: V) {
	let reads = 0;
	const read = async () => {
		reads++;
		return value;
	};
	return { read, reads: () => reads };
}

describe('ReadCache', () => {
	it('reads once while it remembers, for concurrent readers too, and remembers absence', async () => {
		const cache = new ReadCache<string | undefined>(60_000);
		const { read, reads } = counting(undefined);
		await Promise.all([cache.get('a', read), cache.get('a', read)]);
		expect(await cache.get('a', read)).toBeUndefined();
		expect(reads()).toBe(1);
	});

	it('reads again after its time, and after a write', async () => {
		const { read, reads } = counting('x');
		const short = new ReadCache<string>(0);
		await short.get('a', read);
		await short.get('a', read);
		expect(reads()).toBe(2);
		const long = new ReadCache<string>(60_000);
		await long.get('a', read);
		long.clear();
		await long.get('a', read);
		expect(reads()).toBe(4);
	});

	it('forgets a failed read', async () => {
		const cache = new ReadCache<string>(60_000);
		await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
		expect(await cache.get('a', async () => 'up')).toBe('up');
	});

	it('a read that a write overtook is not remembered', async () => {
		const cache = new ReadCache<string>(60_000);
		const old = Promise.withResolvers<string>();
		const waiting = cache.get('a', () => old.promise);
		cache.clear();
		expect(await cache.get('a', async () => 'new')).toBe('new');
		old.resolve('old');
		expect(await waiting).toBe('old');
		expect(await cache.get('a', async () => 'newer')).toBe('new');
	});

	it('drops the oldest beyond its bound', async () => {
		const cache = new ReadCache<string>(60_000, 2);
		const { read, reads } = counting('x');
		for (const key of ['a', 'b', 'c', 'a']) await cache.get(key, read);
		expect(reads()).toBe(4);
		await cache.get('c', read);
		expect(reads()).toBe(4);
	});
});

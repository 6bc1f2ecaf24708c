import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Member, share } from './assigner.ts';

const suffix = '.g.retry';
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const member = (id: string, topics: readonly string[], owned: Member['owned'] = {}): Member => ({ id, topics, owned });

describe('the assigner', () => {
	test('gives each member only what it asked for, and leaves nothing out', () => {
		const shares = share(
			[member('a', ['t']), member('b', ['t', 'u'])],
			new Map([
				['t', range(4)],
				['u', range(3)],
			]),
			suffix,
		);
		expect(shares.get('a')?.u).toBeUndefined();
		expect(shares.get('b')?.u).toEqual([0, 1, 2]);
		expect([shares.get('a')?.t?.length, shares.get('b')?.t?.length]).toEqual([2, 2]);
	});

	test('keeps a retry partition with its topic', () => {
		const topics = ['t', `t${suffix}`];
		const shares = share([member('a', topics), member('b', topics)], new Map(topics.map((topic) => [topic, range(5)])), suffix);
		for (const one of shares.values()) expect(one[`t${suffix}`]).toEqual(one.t?.toSorted());
	});

	test('a newcomer takes no more than its share, and what stays does not move', () => {
		const shares = share(
			[member('a', ['t'], { t: [1, 4, 5] }), member('b', ['t'], { t: [0, 2, 3] }), member('c', ['t'])],
			new Map([['t', range(6)]]),
			suffix,
		);
		expect(shares.get('a')?.t).toEqual([1, 4]);
		expect(shares.get('b')?.t).toEqual([0, 2]);
		expect(shares.get('c')?.t).toEqual([3, 5]);
	});

	test('whatever members claim: each partition has one owner, shares differ by one at most, and settled shares stay', () => {
		const arbitrary = fc.tuple(
			fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
			fc.integer({ min: 1, max: 13 }),
			fc.array(fc.array(fc.nat({ max: 15 })), { minLength: 5, maxLength: 5 }),
		);
		fc.assert(
			fc.property(arbitrary, ([ids, partitions, claims]) => {
				const topics = ['t', `t${suffix}`];
				const all = new Map(topics.map((topic) => [topic, range(partitions)]));
				const members = ids.map((id, index) => member(id, topics, { t: claims[index] ?? [] }));
				const shares = share(members, all, suffix);
				for (const topic of topics) {
					expect([...shares.values()].flatMap((one) => one[topic] ?? []).sort((one, two) => one - two)).toEqual(range(partitions));
				}
				const sizes = [...shares.values()].map((one) => one.t?.length ?? 0);
				expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
				const settled = members.map((one) => ({ ...one, owned: shares.get(one.id) ?? {} }));
				expect(share(settled.toReversed(), all, suffix)).toEqual(share(settled, all, suffix));
				const again = share(settled, all, suffix);
				for (const id of ids) expect(again.get(id)?.t?.toSorted()).toEqual(shares.get(id)?.t?.toSorted());
			}),
		);
	});
});

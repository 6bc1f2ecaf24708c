import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LaneEntry, Lanes } from './lanes.ts';

const entry = (lane: string, offset: number, alone = false): LaneEntry => ({ lane, offset, alone, dropped: false });

describe('lanes', () => {
	test('one entry of a lane is out at a time, in order', () => {
		const lanes = new Lanes();
		const [a1, a2, b3] = [entry('a', 1), entry('a', 2), entry('b', 3)];
		for (const one of [a1, a2, b3]) lanes.add(one);
		expect(lanes.take(10)).toEqual([a1, b3]);
		expect(lanes.take(10)).toEqual([]);
		lanes.settle(a1);
		expect(lanes.take(10)).toEqual([a2]);
		expect(lanes.size).toBe(2);
	});

	test('a postponed entry keeps its place until it is resumed', () => {
		const lanes = new Lanes();
		const [a1, a2] = [entry('a', 1), entry('a', 2)];
		lanes.add(a1);
		lanes.take(1);
		lanes.postpone(a1);
		lanes.add(a2);
		expect(lanes.ready).toBe(0);
		lanes.resume(a1);
		expect(lanes.take(5)).toEqual([a1]);
	});

	test('an entry that must go alone does', () => {
		const lanes = new Lanes();
		const [a, b, c] = [entry('a', 1), entry('b', 2, true), entry('c', 3)];
		for (const one of [a, b, c]) lanes.add(one);
		expect(lanes.take(10)).toEqual([a, c]);
		expect(lanes.take(10)).toEqual([b]);
		for (const one of [a, b, c]) lanes.settle(one);
		expect(lanes.size).toBe(0);
		for (const one of [b, a]) lanes.add(one);
		expect(lanes.take(10)).toEqual([b]);
	});

	test('an older entry goes before those that wait, but not before the one that is out', () => {
		const lanes = new Lanes();
		const [a1, a2, a5, a6] = [entry('a', 1), entry('a', 2), entry('a', 5), entry('a', 6)];
		lanes.add(a5);
		lanes.add(a6);
		lanes.take(1);
		lanes.add(a2);
		lanes.add(a1);
		const order: number[] = [];
		for (let out = [a5 as LaneEntry]; out[0]; out = lanes.take(1)) {
			order.push(out[0].offset);
			lanes.settle(out[0]);
		}
		expect(order).toEqual([5, 1, 2, 6]);
	});

	test('what is dropped comes no more; one that is out keeps its lane until it lands', () => {
		const lanes = new Lanes();
		const [a1, a2, a3, b1, c1] = [entry('a', 1), entry('a', 2), entry('a', 3), entry('b', 1), entry('c', 1)];
		for (const one of [a1, a2, b1, c1]) lanes.add(one);
		expect(lanes.take(2)).toEqual([a1, b1]);
		lanes.postpone(b1);
		lanes.drop(() => true);
		lanes.add(a3);
		expect([lanes.size, lanes.ready]).toEqual([2, 0]);
		lanes.resume(b1);
		expect(lanes.take(5)).toEqual([]);
		lanes.settle(a1);
		expect(lanes.take(5)).toEqual([a3]);
	});

	test('dropping the one that a lane waits for frees what else is in it', () => {
		const lanes = new Lanes();
		const [a1, a2] = [entry('a', 1), entry('a', 2)];
		lanes.add(a1);
		lanes.add(a2);
		lanes.take(1);
		lanes.postpone(a1);
		lanes.drop((one) => one === a1);
		expect(lanes.take(5)).toEqual([a2]);
		lanes.resume(a1);
		expect(lanes.take(5)).toEqual([]);
	});

	test('settling what is not out is a bug, and said to be', () => {
		const lanes = new Lanes();
		lanes.add(entry('a', 1));
		expect(() => lanes.settle(entry('a', 1))).toThrow(/not the first/);
	});

	test('whatever happens, every entry comes out once and in the order of its lane', () => {
		const step = fc.oneof(
			fc.record({ kind: fc.constant('add' as const), lane: fc.constantFrom('a', 'b', 'c') }),
			fc.record({ kind: fc.constant('take' as const), max: fc.integer({ min: 1, max: 3 }) }),
			fc.record({ kind: fc.constantFrom('settle' as const, 'postpone' as const, 'resume' as const, 'alone' as const), pick: fc.nat() }),
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
				const lanes = new Lanes();
				const out = new Set<LaneEntry>();
				const resting = new Set<LaneEntry>();
				const settled: LaneEntry[] = [];
				let added = 0;
				const pickOf = (set: Set<LaneEntry>, pick: number) => [...set][pick % Math.max(1, set.size)];
				for (const one of steps) {
					if (one.kind === 'add') lanes.add(entry(one.lane, added++));
					else if (one.kind === 'take') {
						const batch = lanes.take(one.max);
						expect(batch.length <= one.max).toBe(true);
						expect(batch.length > 1 && batch.some(({ alone }) => alone)).toBe(false);
						for (const taken of batch) {
							expect([...out, ...resting].some(({ lane }) => lane === taken.lane)).toBe(false);
							out.add(taken);
						}
					} else {
						const picked = pickOf(one.kind === 'resume' ? resting : out, one.pick);
						if (!picked) continue;
						if (one.kind === 'alone') picked.alone = true;
						if (one.kind === 'settle') {
							lanes.settle(picked);
							out.delete(picked);
							settled.push(picked);
						}
						if (one.kind === 'postpone') {
							lanes.postpone(picked);
							out.delete(picked);
							resting.add(picked);
						}
						if (one.kind === 'resume') {
							lanes.resume(picked);
							resting.delete(picked);
						}
					}
				}
				for (const one of resting) lanes.resume(one);
				for (let batch = [...out, ...lanes.take(2)]; batch.length > 0; batch = lanes.take(2)) {
					for (const one of batch) {
						lanes.settle(one);
						settled.push(one);
					}
				}
				expect(lanes.size).toBe(0);
				expect(settled.length).toBe(added);
				for (const lane of ['a', 'b', 'c']) {
					const offsets = settled.filter((one) => one.lane === lane).map(({ offset }) => offset);
					expect(offsets).toEqual([...offsets].sort((one, two) => one - two));
				}
			}),
			{ numRuns: 200 },
		);
	});

	test('a long lane costs the same per entry as a short one', () => {
		const lanes = new Lanes();
		for (let offset = 0; offset < 50_000; offset++) lanes.add(entry('a', offset));
		let next = 0;
		for (let batch = lanes.take(1); batch[0]; batch = lanes.take(1)) {
			expect(batch[0].offset).toBe(next++);
			lanes.settle(batch[0]);
		}
		expect(next).toBe(50_000);
	});
});

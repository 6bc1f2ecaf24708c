import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planOf, type Queued } from './order.ts';

const at = (ms: number) => new Date(ms);
const queued = (place: number, notificationId: number, due: number, behind?: number, ahead = behind === undefined ? 0 : 1): Queued => ({
	ahead,
	delivery: { id: String(place), notificationId },
	dueAt: at(due),
	behindUntil: behind === undefined ? undefined : at(behind),
});
const ids = (found: readonly Queued[]) => found.map(({ delivery }) => Number(delivery.id));

test('the first of each notification leaves; what stands behind one that is due later is put off to it', () => {
	const due = [queued(1, 1, 0), queued(2, 2, 0), queued(3, 1, 0, 0), queued(5, 4, 0, 90)];
	const { leaving, later } = planOf(due, new Map(), 8, false);
	expect(ids(leaving)).toEqual([1, 2]);
	expect(later).toEqual([{ id: '5', until: at(90) }]);
	expect(ids(planOf(due, new Map(), 2, true).leaving)).toEqual([1, 2]);
});

test('one by one, all leave in the order of the queue, and none before what comes before it', () => {
	expect(ids(planOf([queued(1, 1, 0), queued(2, 2, 0), queued(3, 1, 0, 0)], new Map(), 8, true).leaving)).toEqual([1, 2, 3]);
	// The second of the three is due later: the third waits for it.
	expect(ids(planOf([queued(1, 1, 0), queued(3, 1, 0, 0, 2), queued(4, 2, 0)], new Map(), 8, true).leaving)).toEqual([1, 4]);
});

test('nothing about a notification leaves while something about it is under way', () => {
	const due = [queued(1, 1, 0), queued(2, 1, 0, 50), queued(3, 2, 0)];
	for (const oneByOne of [true, false]) {
		const { leaving, later } = planOf(due, new Map([['1', 1]]), 8, oneByOne);
		expect(ids(leaving)).toEqual([3]);
		expect(later).toEqual([]);
	}
});

test('a plan keeps the order of the queue and of each notification, and is as long as asked', () => {
	const queue = fc.array(fc.record({ notification: fc.nat(5), due: fc.nat(10) }), { maxLength: 30 });
	fc.assert(
		fc.property(queue, fc.array(fc.nat(29), { maxLength: 4 }), fc.nat(10), fc.boolean(), (wanted, flying, size, oneByOne) => {
			const lanes = new Map<number, number[]>();
			const all = wanted.map(({ notification, due }, place) => {
				const lane = lanes.get(notification) ?? [];
				lanes.set(notification, [...lane, due]);
				return queued(place, notification, due, lane[0], lane.length);
			});
			const due = all.toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime());
			const underWay = new Map(
				flying.flatMap((place) => (all[place] ? [[String(place), all[place].delivery.notificationId] as const] : [])),
			);
			const { leaving } = planOf(due, underWay, size, oneByOne);
			const about = leaving.map(({ delivery }) => delivery.notificationId);
			if (!oneByOne) expect(new Set(about).size).toBe(about.length);
			for (const one of new Set(about)) {
				const lane = leaving.filter(({ delivery }) => delivery.notificationId === one);
				expect(lane.map(({ ahead }) => ahead)).toEqual(lane.map((_, index) => index));
			}
			expect(about.filter((one) => [...underWay.values()].includes(one))).toEqual([]);
			expect(leaving).toEqual(due.filter((one) => leaving.includes(one)));
			expect(leaving.length).toBeLessThanOrEqual(size);
			// Where nothing is under way and something is due, something leaves.
			if (underWay.size === 0 && due.length > 0 && size > 0) expect(leaving).not.toEqual([]);
		}),
	);
});

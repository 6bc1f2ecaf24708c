import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Gate } from './gate.ts';

/** Asks for places and notes, in order, who got in. */
function crowd(gate: Gate) {
	const inside: { readonly name: string; readonly leave: () => void }[] = [];
	const order: string[] = [];
	return {
		inside,
		order,
		ask: (name: string, times = 1) => {
			for (let count = 0; count < times; count++)
				void gate.enter(name).then((leave) => {
					order.push(name);
					inside.push({ name, leave });
				});
		},
		leaveFirst: (name: string) => {
			const index = inside.findIndex((one) => one.name === name);
			inside.splice(index, 1)[0]?.leave();
		},
		holds: (name: string) => inside.filter((one) => one.name === name).length,
	};
}

/** Lets promises that are settled go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('places are shared', () => {
	test('one party alone has all that it may ask for', async () => {
		const { ask, holds } = crowd(new Gate(256, 1));
		ask('a', 64);
		await settle();
		expect(holds('a')).toBe(64);
	});

	test('whoever comes late finds a place at once, however many came before and stay', async () => {
		const { ask, order, holds } = crowd(new Gate(256, 1));
		for (let index = 0; index < 300; index++) ask(`slow-${index}`, 64);
		await settle();
		expect(Math.min(...Array.from({ length: 300 }, (_, index) => holds(`slow-${index}`)))).toBe(1);
		order.length = 0;
		ask('well');
		await settle();
		expect(order).toEqual(['well']);
	});

	test('late ones find several of the shared places, too', async () => {
		const { ask, holds } = crowd(new Gate(256, 1));
		for (const name of ['a', 'b', 'c', 'd']) ask(name, 64);
		await settle();
		ask('well', 16);
		await settle();
		expect(holds('well')).toBe(16);
	});

	test('what becomes free goes round', async () => {
		const { ask, leaveFirst, order } = crowd(new Gate(1, 0));
		ask('a', 4);
		await settle();
		ask('b', 2);
		ask('c');
		for (const name of ['a', 'a', 'b', 'c', 'a']) {
			leaveFirst(name);
			await settle();
		}
		expect(order).toEqual(['a', 'a', 'b', 'c', 'a', 'b']);
	});

	test('leaving twice frees one place', async () => {
		const gate = new Gate(1, 0);
		const leave = await gate.enter('a');
		leave();
		leave();
		const { ask, inside } = crowd(gate);
		ask('a');
		ask('b');
		await settle();
		expect(inside).toHaveLength(1);
	});
});

test('never more than there are, and everybody gets in at last', async () => {
	const names = fc.constantFrom('a', 'b', 'c', 'd');
	const step = fc.oneof(fc.record({ ask: names }), fc.record({ leave: fc.nat(20) }));
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.nat(2), fc.array(step, { maxLength: 60 }), async (shared, own, steps) => {
			const { ask, inside, order } = crowd(new Gate(shared, own));
			let asked = 0;
			const leave = async (index: number) => {
				inside.splice(index, 1)[0]?.leave();
				await settle();
				const held = new Map<string, number>();
				for (const { name } of inside) held.set(name, (held.get(name) ?? 0) + 1);
				expect([...held.values()].reduce((sum, holds) => sum + Math.max(0, holds - own), 0)).toBeLessThanOrEqual(shared);
			};
			for (const one of steps) {
				if ('ask' in one) {
					asked++;
					ask(one.ask);
					await settle();
				} else if (inside.length > 0) await leave(one.leave % inside.length);
			}
			while (inside.length > 0) await leave(0);
			expect(order).toHaveLength(asked);
		}),
		{ numRuns: 60 },
	);
});

import { expect, it } from 'vitest';
import { firingOf } from './instance.ts';

const other = (kind: string, dueAt: number) => ({ kind, dueAt: new Date(dueAt) });

it.each([
	[[], []],
	[[other('expiry', 11)], []],
	[[other('expiry', 10)], ['expiry']],
	[
		[other('expiry', 9), other('retention', 12), other('deposit', 1)],
		['expiry', 'deposit'],
	],
])('a timer that fires at 10 beside %j is told that %j are due', (others, alsoDue) => {
	expect(firingOf({ kind: 'reminder' }, others, new Date(10))).toEqual({ type: 'timer.reminder', at: 10, alsoDue });
});

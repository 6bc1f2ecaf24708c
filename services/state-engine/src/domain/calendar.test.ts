import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendar, ms } from '../testing/fixtures.ts';
import { dueAt } from './calendar.ts';

const days = (from: string, count: number, share = 1): string =>
	new Date(dueAt({ rule: 'days', from: ms(from), days: count, share }, calendar)).toISOString();

describe('calendar days', () => {
	it.each([
		['winter', '2026-01-10T09:00:00.123Z', 10, '2026-01-20T09:00:00.123Z'],
		['over the change to summer time an hour is missing', '2026-03-25T09:00:00.000Z', 10, '2026-04-04T08:00:00.000Z'],
		['over the change to winter time an hour is added', '2026-10-20T08:00:00.000Z', 10, '2026-10-30T09:00:00.000Z'],
		['a wall time that was skipped moves on by the hour', '2026-03-28T01:30:00.000Z', 1, '2026-03-29T01:30:00.000Z'],
		['a wall time that comes twice means the first', '2026-10-24T00:30:00.000Z', 1, '2026-10-25T00:30:00.000Z'],
		['one year', '2026-06-01T00:00:00.000Z', 365, '2027-06-01T00:00:00.000Z'],
		['over a leap day', '2028-02-28T12:00:00.000Z', 2, '2028-03-01T12:00:00.000Z'],
	])('%s', (_, from, count, end) => {
		expect(days(from, count)).toBe(end);
	});

	it('has a half of the real time', () => {
		expect(days('2026-03-25T09:00:00.000Z', 10, 0.5)).toBe('2026-03-30T08:30:00.000Z');
		expect(days('2026-01-10T09:00:00.000Z', 1, 0.5)).toBe('2026-01-10T21:00:00.000Z');
	});

	it('keeps the wall time of the zone, but for the hours of a change', () => {
		const wall = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/Madrid').toPlainTime();
		fc.assert(
			fc.property(fc.integer({ min: ms('2020-01-01'), max: ms('2040-01-01') }), fc.integer({ min: 1, max: 365 }), (from, count) => {
				const end = dueAt({ rule: 'days', from, days: count, share: 1 }, calendar);
				fc.pre(wall(from).hour < 2 || wall(from).hour > 3);
				expect(wall(end).equals(wall(from))).toBe(true);
				expect(Math.abs(end - from - count * 86_400_000)).toBeLessThanOrEqual(3_600_000);
			}),
		);
	});
});

describe('periods', () => {
	it.each([
		['2026-01-10T09:00:00.000Z', '2026-03-10T09:00:00.000Z'],
		['2025-12-31T09:00:00.000Z', '2026-02-28T09:00:00.000Z'],
		['2026-02-10T09:00:00.000Z', '2026-04-10T08:00:00.000Z'],
	])('two months after %s', (from, end) => {
		expect(new Date(dueAt({ rule: 'period', from: ms(from), period: 'retention' }, calendar)).toISOString()).toBe(end);
	});

	it('take the last of several', () => {
		const of = [3, 9, 5].map((at) => ({ rule: 'at' as const, at }));
		expect(dueAt({ rule: 'latest', of }, calendar)).toBe(9);
	});
});

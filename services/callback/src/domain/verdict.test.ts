import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EndpointHealth, wellHealth } from './endpoint.ts';
import { type FailureName, failures } from './failures.ts';
import { attemptsOf, exponential, type Schedule, waitMs, webhookSchedule } from './schedule.ts';
import { judge, type Situation } from './verdict.ts';

const now = new Date('2026-03-02T12:00:00Z');
const schedule: Schedule = { waitsMs: [1_000, 3_000, 9_000], jitter: 0 };
const later = (ms: number) => new Date(now.getTime() + ms);

function situation(change: Partial<Situation> = {}): Situation {
	return {
		startedAt: now,
		now,
		tries: 0,
		dueAt: now,
		schedule,
		health: wellHealth,
		failuresAtStart: change.health?.failures ?? 0,
		retryAfterMaxMs: 60_000,
		random: 0,
		...change,
	};
}

const failing = (count: number): EndpointHealth => ({ failures: count, failingSince: later(-60_000), notBefore: later(-1) });

test('what was taken is delivered, and the endpoint is well', () => {
	expect(judge({ status: 200 }, situation({ health: failing(2) }))).toEqual({
		verdict: { kind: 'delivered' },
		health: wellHealth,
		unreachable: false,
	});
});

describe('who waits', () => {
	test.each<[FailureName, number, number, 'endpoint' | 'message' | 'both']>([
		['CONNECTION_REFUSED', 0, 0, 'endpoint'],
		['CONNECTION_REFUSED', 0, 2, 'endpoint'],
		['RECEIVER_BUSY', 503, 1, 'endpoint'],
		['HTTP_SERVER_ERROR', 500, 0, 'endpoint'],
		['HTTP_SERVER_ERROR', 500, 1, 'both'],
		['RESPONSE_TIMED_OUT', 0, 1, 'both'],
		['RECEIVER_ERROR', 200, 0, 'message'],
		['HTTP_CLIENT_ERROR', 400, 1, 'message'],
	])('%s (status %i) after %i tries: %s', (failure, status, tries, who) => {
		const { verdict, health } = judge({ status, failure }, situation({ tries }));
		expect(health.failures).toBe(who === 'message' ? 0 : 1);
		expect(health.notBefore).toEqual(who === 'message' ? undefined : later(1_000));
		expect(verdict).toEqual({ kind: 'retry', dueAt: who === 'endpoint' ? now : later(schedule.waitsMs[tries] ?? 0) });
	});
});

test('the last attempt exhausts, whatever failed', () => {
	fc.assert(
		fc.property(fc.constantFrom(...(Object.keys(failures) as FailureName[])), fc.nat(10), (failure, tries) => {
			const { verdict } = judge({ status: 500, failure }, situation({ tries }));
			if (tries + 1 >= attemptsOf(schedule)) expect(verdict.kind).toBe('exhausted');
			if (failures[failure] === 'final') expect(verdict.kind).toBe('exhausted');
		}),
	);
});

test('attempts that fail together count once against the endpoint', () => {
	const { health } = judge({ status: 0, failure: 'CONNECTION_REFUSED' }, situation({ health: failing(1), failuresAtStart: 0 }));
	expect(health).toEqual(failing(1));
});

test('an endpoint that used up the whole schedule is unreachable', () => {
	const failed = (health: EndpointHealth) => judge({ status: 0, failure: 'TLS_FAILED' }, situation({ health }));
	expect(failed(failing(2)).unreachable).toBe(false);
	expect(failed(failing(3))).toMatchObject({ unreachable: true, health: { failures: 4, failingSince: failing(3).failingSince } });
});

test('a message of ours that was never sent says nothing of the endpoint', () => {
	expect(judge({ status: 0, failure: 'EVIDENCE_MISSING' }, situation({ health: failing(2) })).health).toEqual(failing(2));
	expect(judge({ status: 400, failure: 'HTTP_CLIENT_ERROR' }, situation({ health: failing(2) })).health).toEqual(wellHealth);
});

test('Retry-After is honoured within bounds, and never shortens the wait', () => {
	const waits = (retryAfterMs: number) => judge({ status: 503, failure: 'RECEIVER_BUSY', retryAfterMs }, situation()).health.notBefore;
	expect(waits(30_000)).toEqual(later(30_000));
	expect(waits(10)).toEqual(later(1_000));
	expect(waits(86_400_000)).toEqual(later(60_000));
});

test('the schedule of webhooks is ten attempts in 75 hours', () => {
	expect(attemptsOf(webhookSchedule)).toBe(10);
	expect(webhookSchedule.waitsMs.reduce((sum, wait) => sum + wait, 0)).toBe(((75 * 60 + 35) * 60 + 5) * 1000);
});

test('waits grow, stay below their bound, and are only ever made longer by chance', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (failed, random) => {
			const six = exponential(6, 30_000, 3, 7_200_000);
			expect(attemptsOf(six)).toBe(7);
			const wait = waitMs(six, failed, random);
			expect(wait).toBeGreaterThanOrEqual(Math.min(30_000 * 3 ** Math.min(failed - 1, 5), 7_200_000));
			expect(wait).toBeLessThanOrEqual(7_200_000 * 1.2);
		}),
	);
});

import { NotificationEventType } from '@fefaent/contracts/events';
import { State } from '@fefaent/contracts/notification';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendar, draft, event, ms, notification } from '../testing/fixtures.ts';
import { findWorkflow, workflowFor } from '../workflows/registry.ts';
import type { Instance, InstanceChange, Timer } from './instance.ts';
import { type Followed, follow, type News, newsOfEvent, newsOfNotification, nudge } from './progress.ts';

const workflows = { workflowFor, findWorkflow };

/** What a store makes of a change. */
function applied(instance: Instance | undefined, change: InstanceChange): Instance | undefined {
	if (change.kind === 'end') return undefined;
	const kept = (instance?.timers ?? []).filter(
		(timer) => !change.cancel.includes(timer.kind) && !change.schedule.some((one) => one.kind === timer.kind),
	);
	return { ...change.instance, timers: [...kept, ...change.schedule] };
}

function step(instance: Instance | undefined, news: News): Instance | undefined {
	const followed = follow(instance, news, workflows, calendar);
	return followed.kind === 'changed' ? applied(instance, followed.change) : instance;
}

const changed = (state: State, version: number, at = '2026-01-11T09:00:00Z'): News =>
	newsOfEvent(event({ type: NotificationEventType.STATE_CHANGED, state, version, at: new Date(at) }), undefined);
const created = newsOfEvent(event(), 'trace');
const purged = (version: number): News =>
	newsOfEvent(event({ type: NotificationEventType.PURGED, state: State.ACCEPTED, version }), undefined);
const kinds = (instance: Instance | undefined): string[] => (instance?.timers ?? []).map((timer: Timer) => timer.kind).sort();

describe('following a notification', () => {
	it('starts with its creation', () => {
		const instance = step(undefined, created);
		expect(instance).toMatchObject({ notificationId: 1, workflow: 'enotum', workflowVersion: 1, notificationVersion: 1, revision: 1 });
		expect(kinds(instance)).toEqual(['deposit', 'retention']);
		expect(instance?.timers[0]?.traceparent).toBe('trace');
	});

	it('steps with each change', () => {
		const deposited = step(step(undefined, created), changed(State.DEPOSITED, 3));
		expect(deposited).toMatchObject({ notificationVersion: 3, revision: 2, position: { state: '"deposited"' } });
		expect(kinds(deposited)).toEqual(['expiry', 'reminder', 'retention']);
		expect(kinds(step(deposited, changed(State.ACCEPTED, 5)))).toEqual(['retention']);
	});

	it('ignores what is repeated or older', () => {
		const deposited = step(step(undefined, created), changed(State.DEPOSITED, 3));
		expect(follow(deposited, changed(State.DEPOSITED, 3), workflows, calendar)).toEqual({ kind: 'known' });
		expect(follow(deposited, created, workflows, calendar)).toEqual({ kind: 'known' });
	});

	it('takes note of versions that change nothing', () => {
		const deposited = step(step(undefined, created), changed(State.DEPOSITED, 3));
		const reminded = step(
			deposited,
			newsOfEvent(event({ type: NotificationEventType.REMINDER_DUE, state: State.DEPOSITED, version: 4 }), undefined),
		);
		expect(reminded).toEqual({ ...deposited, notificationVersion: 4, revision: 3 });
	});

	it('catches up from any first news', () => {
		const late = step(undefined, changed(State.DEPOSITED, 3));
		expect(late).toMatchObject({ revision: 1, position: { state: '"deposited"' } });
		expect(kinds(late)).toEqual(['expiry', 'reminder', 'retention']);
	});

	it('ends with the purge, and is not begun by it', () => {
		expect(step(step(undefined, created), purged(9))).toBeUndefined();
		expect(follow(undefined, purged(9), workflows, calendar)).toEqual({ kind: 'known' });
	});

	it('tells an unknown dialect and an unknown definition', () => {
		expect(follow(undefined, { ...created, dialect: 'DIALECT_UNSPECIFIED' }, workflows, calendar)).toMatchObject({
			kind: 'unknown workflow',
		});
		const instance = step(undefined, created);
		expect(instance && follow({ ...instance, workflowVersion: 9 }, changed(State.DEPOSITED, 3), workflows, calendar)).toEqual({
			kind: 'unknown workflow',
			workflow: 'enotum.v9',
		});
	});

	it('ends alike however often and in whatever broken order news is repeated, as long as the newest comes last', () => {
		const states = [State.DEPOSITED, State.ACCEPTED, State.REJECTED, State.EXPIRED, State.FAILED, State.DISCARDED];
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom(...states), { minLength: 1, maxLength: 6 }),
				fc.array(fc.nat(20), { maxLength: 20 }),
				(path, echoes) => {
					const news = [created, ...path.map((state, index) => changed(state, index + 2))];
					const clean = news.reduce<Instance | undefined>(step, undefined);
					const noisy = news.reduce<Instance | undefined>((instance, one, index) => {
						const stepped = step(instance, one);
						return echoes.reduce((now, echo) => step(now, news[echo % (index + 1)] ?? one), stepped);
					}, undefined);
					expect(noisy).toEqual(clean);
					expect(new Set(kinds(clean)).size).toBe(clean?.timers.length);
				},
			),
		);
	});
});

describe('an operator’s wish', () => {
	const failed = notification({
		state: State.FAILED,
		version: 4,
		draft: draft(),
		timeline: [{ category: 'FAILED', at: new Date('2026-01-12T09:00:00Z'), actor: 'engine', detail: '' }],
	});
	const at = ms('2026-01-15T09:00:00Z');
	const retry = (instance: Instance | undefined): Followed =>
		nudge(instance, newsOfNotification(failed, undefined), { type: 'RETRY', at }, workflows, calendar);
	const after = (instance: Instance | undefined): Instance | undefined => {
		const followed = retry(instance);
		return followed.kind === 'changed' ? applied(instance, followed.change) : undefined;
	};

	it('is followed where the instance stands', () => {
		const instance = after(step(step(undefined, created), changed(State.FAILED, 4)));
		expect(instance).toMatchObject({ notificationVersion: 4, position: { state: '"failed"' } });
		expect(kinds(instance)).toEqual(['retention', 'retry']);
	});

	it('waits for no news: an instance that is behind catches up first, and the news that comes after it changes nothing', () => {
		for (const behind of [undefined, step(undefined, created)]) {
			const instance = after(behind);
			expect(kinds(instance)).toEqual(['retention', 'retry']);
			expect(step(instance, changed(State.FAILED, 4))).toBe(instance);
		}
	});
});

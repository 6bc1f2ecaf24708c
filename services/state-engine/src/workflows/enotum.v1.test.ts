import { isProved, State, Transition } from '@fefaent/contracts/notification';
import { describe, expect, it } from 'vitest';
import { dueAt } from '../domain/calendar.ts';
import type { ChangeName, WorkflowEvent, WorkflowStep } from '../domain/workflow.ts';
import { calendar, ms } from '../testing/fixtures.ts';
import { enotumV1 } from './enotum.v1.ts';
import { findWorkflow, workflowFor } from './registry.ts';

const receivedAt = ms('2026-01-10T09:00:00Z');
const facts = { receivedAt, expiryDays: 10, reminder: true };

const at = (instant: string) => ms(`2026-${instant}Z`);
const timers = (step: WorkflowStep) =>
	Object.fromEntries(
		step.actions.flatMap((action) =>
			action.type === 'scheduleTimer' ? [[action.params.kind, new Date(dueAt(action.params.due, calendar)).toISOString()]] : [],
		),
	);
const reach = (...changes: ChangeName[]): WorkflowStep =>
	changes.reduce((step, type) => enotumV1.next(step.position, { type, at: at('01-11T09:00:00') }), enotumV1.start(facts));
const fired = (step: WorkflowStep, kind: string, alsoDue: readonly string[] = []) =>
	enotumV1.next(step.position, { type: `timer.${kind}`, at: receivedAt, alsoDue }).actions;

const rests: readonly ChangeName[] = ['ACCEPTED', 'REJECTED', 'EXPIRED', 'FAILED', 'DISCARDED'];

describe('the life of a notification', () => {
	it('begins with a deposit at once and its retention in sight', () => {
		const step = enotumV1.start(facts);
		expect(step.position).toEqual({ state: '"entered"', facts });
		expect(timers(step)).toEqual({ deposit: '2026-01-10T09:00:00.000Z', retention: '2026-03-10T09:00:00.000Z' });
	});

	it('tells which of its timers have to be proved: those that decide what has an evidence', () => {
		const steps = [enotumV1.start(facts), reach('DEPOSITED'), ...rests.map((rest) => reach(rest))];
		const proved = new Map<string, boolean>();
		for (const step of steps) {
			for (const kind of ['deposit', 'retry', 'reminder', 'expiry', 'retention']) {
				for (const action of fired(step, kind)) {
					proved.set(kind, (proved.get(kind) ?? false) || (action.type === 'decide' && isProved(action.params.transition)));
				}
			}
		}
		expect(proved.size).toBe(5);
		expect([...proved].flatMap(([kind, is]) => (is ? [kind] : [])).sort()).toEqual([...enotumV1.provedTimers].sort());
	});

	it('waits for expiry, and a reminder at half time, from the deposit on', () => {
		const step = reach('DEPOSITED');
		expect(step.actions[0]).toEqual({ type: 'cancelTimers', params: { except: ['retention'] } });
		expect(timers(step)).toEqual({ reminder: '2026-01-16T09:00:00.000Z', expiry: '2026-01-21T09:00:00.000Z' });
	});

	it('reminds only those who asked for it', () => {
		const begun = enotumV1.start({ ...facts, reminder: false });
		const step = enotumV1.next(begun.position, { type: 'DEPOSITED', at: at('01-11T09:00:00') });
		expect(Object.keys(timers(step))).toEqual(['expiry']);
		expect(step.actions[0]?.type).toBe('cancelTimers');
	});

	it.each(rests)('comes to rest: %s leaves nothing but the retention', (change) => {
		const step = reach('DEPOSITED', change);
		expect(step.position.state).toBe(`"${change.toLowerCase()}"`);
		expect(step.actions[0]).toEqual({ type: 'cancelTimers', params: { except: [] } });
		expect(timers(step)).toEqual({ retention: '2026-03-10T09:00:00.000Z' });
		expect(fired(step, 'retention')).toEqual([{ type: 'purge', params: {} }]);
	});

	it('is kept for a grace after a late end', () => {
		const step = enotumV1.next(reach('DEPOSITED').position, { type: 'EXPIRED', at: at('05-01T10:00:00') });
		expect(timers(step)).toEqual({ retention: '2026-05-08T10:00:00.000Z' });
	});

	it('follows from wherever it stands, a discard of a final state included', () => {
		for (const first of rests) for (const second of rests) expect(reach(first, second).position.state).toBe(`"${second.toLowerCase()}"`);
		expect(reach('ACCEPTED').ended).toBe(false);
		expect(reach('DEPOSITED', 'PURGED').ended).toBe(true);
	});

	it('fires timers only where they mean something', () => {
		const meaning: Readonly<Record<string, readonly string[]>> = {
			deposit: ['entered'],
			reminder: ['deposited'],
			expiry: ['deposited'],
			retry: ['failed'],
			retention: rests.map((name) => name.toLowerCase()),
		};
		const places: readonly WorkflowStep[] = [reach(), reach('DEPOSITED'), ...rests.map((change) => reach(change))];
		for (const [kind, states] of Object.entries(meaning)) {
			const where = places.filter((place) => fired(place, kind).length > 0).map((place) => JSON.parse(place.position.state));
			expect([kind, where]).toEqual([kind, states]);
		}
	});

	it.each([
		['reminder', [], ['remind']],
		['reminder', ['retention'], ['remind']],
		['reminder', ['expiry'], []],
		['reminder', ['retention', 'expiry'], []],
		['expiry', ['reminder'], ['decide']],
		['expiry', ['retention'], ['decide']],
	])('%s due together with %j does %j', (kind, alsoDue, does) => {
		expect(fired(reach('DEPOSITED'), kind, alsoDue).map(({ type }) => type)).toEqual(does);
	});

	it('says what its timers decide', () => {
		expect(fired(reach(), 'deposit')).toEqual([
			{ type: 'decide', params: { transition: Transition.DEPOSIT, from: [State.ENTERED], to: State.DEPOSITED, mayFail: true } },
		]);
		expect(fired(reach('DEPOSITED'), 'expiry')).toEqual([
			{ type: 'decide', params: { transition: Transition.EXPIRE, from: [State.DEPOSITED], to: State.EXPIRED, mayFail: false } },
		]);
		expect(fired(reach('FAILED'), 'retry')).toEqual([
			{ type: 'decide', params: { transition: Transition.DEPOSIT, from: [State.FAILED], to: State.DEPOSITED, mayFail: true } },
		]);
	});

	it('tries again when asked to, and only after a failure', () => {
		const again: WorkflowEvent = { type: 'RETRY', at: at('02-01T00:00:00') };
		expect(timers(enotumV1.next(reach('FAILED').position, again))).toEqual({ retry: '2026-02-01T00:00:00.000Z' });
		expect(enotumV1.next(reach('DEPOSITED').position, again).actions).toEqual([]);
	});
});

it('is found by name and version, and by dialect', () => {
	expect(findWorkflow('enotum', 1)).toBe(enotumV1);
	expect(findWorkflow('enotum', 2)).toBeUndefined();
	expect(workflowFor('DIALECT_ENOTUMLITE_SEED')).toBe(enotumV1);
	expect(workflowFor('DIALECT_UNSPECIFIED')).toBeUndefined();
});

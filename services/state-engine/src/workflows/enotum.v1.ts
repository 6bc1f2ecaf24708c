import { State, Transition } from '@fefaent/contracts/notification';
import { setup } from 'xstate';
import type { DueRule } from '../domain/calendar.ts';
import type { ChangeName, TimerEvent, WorkflowFacts } from '../domain/workflow.ts';
import { workflowActions, workflowOf } from './machine.ts';

type Change = { readonly [N in ChangeName]: { readonly type: N; readonly at: number } }[ChangeName];
type TimerKind = 'deposit' | 'retry' | 'reminder' | 'expiry' | 'retention';
type Fired = { readonly [K in TimerKind]: TimerEvent & { readonly type: `timer.${K}` } }[TimerKind];
type Event = Change | { readonly type: 'RETRY'; readonly at: number } | Fired;

const life = setup({
	types: { context: {} as WorkflowFacts, input: {} as WorkflowFacts, events: {} as Event },
	actions: workflowActions,
});

/** What was tried to get it deposited; its retention goes on. */
const cancelTries = { type: 'cancelTimers' as const, params: { except: ['retention'] } };

/** A share of the days that the recipient has, from the deposit. */
function within(context: WorkflowFacts, deposited: { readonly at: number }, share: number): DueRule {
	return { rule: 'days', from: deposited.at, days: context.expiryDays, share };
}

/** A notification at rest waits for nothing but its purge. */
const rest = [
	{ type: 'cancelTimers' as const, params: { except: [] } },
	{
		type: 'scheduleTimer' as const,
		params: ({ context, event }: { readonly context: WorkflowFacts; readonly event: Event }) => ({
			kind: 'retention',
			due: retention(context, event),
		}),
	},
];

/**
 * The end of its retention (eNotumLite contract, section 12), but not before its last state could be consulted and called back: one that still waited
 * when its retention ended is kept for the grace after it came to rest.
 */
function retention({ receivedAt }: WorkflowFacts, { at }: Event): DueRule {
	return {
		rule: 'latest',
		of: [
			{ rule: 'period', from: receivedAt, period: 'retention' },
			{ rule: 'period', from: at, period: 'grace' },
		],
	};
}

const purge = { type: 'purge' as const, params: {} };

const machine = life.createMachine({
	id: 'enotum',
	context: ({ input }) => input,
	initial: 'entered',
	// The notification service says what state it is in; the process follows from wherever it stands (eNotumLite contract, section 8).
	on: {
		DEPOSITED: [
			{
				guard: ({ context }) => context.reminder,
				target: '.deposited',
				// Half of the time that the recipient has.
				actions: [
					cancelTries,
					{ type: 'scheduleTimer', params: ({ context, event }) => ({ kind: 'reminder', due: within(context, event, 0.5) }) },
				],
			},
			{ target: '.deposited', actions: [cancelTries] },
		],
		ACCEPTED: '.accepted',
		REJECTED: '.rejected',
		EXPIRED: '.expired',
		FAILED: '.failed',
		DISCARDED: '.discarded',
		PURGED: '.purged',
	},
	states: {
		entered: {
			entry: [
				{ type: 'scheduleTimer', params: ({ context }) => ({ kind: 'deposit', due: { rule: 'at', at: context.receivedAt } }) },
				{
					// Shown from the start; it purges nothing that still waits, and is set anew when that comes to rest.
					type: 'scheduleTimer',
					params: ({ context }) => ({ kind: 'retention', due: { rule: 'period', from: context.receivedAt, period: 'retention' } }),
				},
			],
			on: {
				'timer.deposit': {
					actions: {
						type: 'decide',
						params: { transition: Transition.DEPOSIT, from: [State.ENTERED], to: State.DEPOSITED, mayFail: true },
					},
				},
			},
		},
		deposited: {
			entry: { type: 'scheduleTimer', params: ({ context, event }) => ({ kind: 'expiry', due: within(context, event, 1) }) },
			on: {
				'timer.reminder': {
					// Of what is over nobody is reminded: expiry wins when both are due, as after a long stop.
					guard: ({ event }) => !event.alsoDue.includes('expiry'),
					actions: { type: 'remind', params: {} },
				},
				'timer.expiry': {
					actions: {
						type: 'decide',
						params: { transition: Transition.EXPIRE, from: [State.DEPOSITED], to: State.EXPIRED, mayFail: false },
					},
				},
			},
		},
		accepted: { entry: rest, on: { 'timer.retention': { actions: purge } } },
		rejected: { entry: rest, on: { 'timer.retention': { actions: purge } } },
		expired: { entry: rest, on: { 'timer.retention': { actions: purge } } },
		discarded: { entry: rest, on: { 'timer.retention': { actions: purge } } },
		failed: {
			entry: rest,
			on: {
				'timer.retention': { actions: purge },
				// A timer of its own: a deposit timer left over from before the failure must not undo it.
				RETRY: { actions: { type: 'scheduleTimer', params: ({ event }) => ({ kind: 'retry', due: { rule: 'at', at: event.at } }) } },
				'timer.retry': {
					actions: { type: 'decide', params: { transition: Transition.DEPOSIT, from: [State.FAILED], to: State.DEPOSITED, mayFail: true } },
				},
			},
		},
		purged: { type: 'final' },
	},
});

/** The life of an eNotumLite notification (eNotumLite contract, section 8). */
export const enotumV1 = workflowOf('enotum', 1, machine, ['deposit', 'retry', 'expiry'] satisfies readonly TimerKind[]);

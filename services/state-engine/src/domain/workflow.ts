import type { State, Transition } from '@fefaent/contracts/notification';
import type { DueRule } from './calendar.ts';

/** What a workflow knows of its notification; its machine's context. Plain data: it is stored as JSON. */
export interface WorkflowFacts {
	/** When the notification was received, in milliseconds since 1970. */
	readonly receivedAt: number;
	/** Calendar days from deposit to expiry. */
	readonly expiryDays: number;
	/** Whether recipients are reminded before expiry. */
	readonly reminder: boolean;
}

/** Changes of the notification that the topic tells of. */
export type ChangeName = 'DEPOSITED' | 'ACCEPTED' | 'REJECTED' | 'EXPIRED' | 'FAILED' | 'DISCARDED' | 'PURGED';

/** A timer fires, `timer.<kind>`. */
export interface TimerEvent {
	readonly type: `timer.${string}`;
	/** Now, in milliseconds since 1970. */
	readonly at: number;
	/** Kinds of the instance's other timers that are due by now: what they bring about has begun, though it may take its time. */
	readonly alsoDue: readonly string[];
}

/** What moves a workflow: a change of its notification, an operator's wish to try again, or one of its timers. */
export type WorkflowEvent =
	| {
			readonly type: ChangeName | 'RETRY';
			/** The legal instant of a change; else now. Milliseconds since 1970. */
			readonly at: number;
	  }
	| TimerEvent;

/** Parameters of the actions that a machine can ask for. */
export interface ActionParams {
	/** Sets a timer; one of the same kind is replaced. */
	readonly scheduleTimer: { readonly kind: string; readonly due: DueRule };
	/** Removes every timer but those kinds. */
	readonly cancelTimers: { readonly except: readonly string[] };
	/** Decides, proves and publishes a transition in the engine's name. */
	readonly decide: {
		readonly transition: Transition;
		readonly from: readonly State[];
		readonly to: State;
		/** Whether the notification fails when it could not be proved after the tries allowed; otherwise it is tried for ever. */
		readonly mayFail: boolean;
	};
	/** Tells that reminders are due. */
	readonly remind: Record<never, never>;
	/** Exports and purges, if the notification is at rest. */
	readonly purge: Record<never, never>;
}

/** An action, as data. */
export type WorkflowAction = { [T in keyof ActionParams]: { readonly type: T; readonly params: ActionParams[T] } }[keyof ActionParams];

/** What a timer does when it fires. */
export type WorkflowTask = Extract<WorkflowAction, { type: 'decide' | 'remind' | 'purge' }>;

/** Where an instance stands. */
export interface WorkflowPosition {
	/** The machine's state value, as JSON. */
	readonly state: string;
	readonly facts: WorkflowFacts;
}

/** One step of an instance: where it stands now, and what is asked for, in order. */
export interface WorkflowStep {
	readonly position: WorkflowPosition;
	readonly actions: readonly WorkflowAction[];
	/** Whether the workflow is over, so that nothing need be kept of it. */
	readonly ended: boolean;
}

/** A life cycle: pure, without timers or effects of its own. A released version never changes; instances keep to theirs. */
export interface Workflow {
	readonly name: string;
	readonly version: number;
	/** Kinds of timers whose task has to be proved, and so may wait for a time-stamping authority or a key. */
	readonly provedTimers: ReadonlySet<string>;
	start(facts: WorkflowFacts): WorkflowStep;
	next(position: WorkflowPosition, event: WorkflowEvent): WorkflowStep;
}

import type { TimerEvent, WorkflowPosition } from './workflow.ts';

/** Something that happens by itself, once. One of each kind for an instance. */
export interface Timer {
	readonly kind: string;
	/** In the environment's time. */
	readonly dueAt: Date;
	/** Whether its task has to be proved. */
	readonly proved: boolean;
	/** How often it was tried and failed. */
	readonly attempts: number;
	/** W3C trace context of what scheduled it. */
	readonly traceparent: string | undefined;
}

/** The event of a timer that fires, beside others of its instance. */
export function firingOf(timer: Pick<Timer, 'kind'>, others: readonly Pick<Timer, 'kind' | 'dueAt'>[], now: Date): TimerEvent {
	const alsoDue = others.filter(({ dueAt }) => dueAt <= now).map(({ kind }) => kind);
	return { type: `timer.${timer.kind}`, at: now.getTime(), alsoDue };
}

/** A workflow at work on one notification. */
export interface Instance {
	readonly notificationId: number;
	/** Name and version of its definition. */
	readonly workflow: string;
	readonly workflowVersion: number;
	readonly position: WorkflowPosition;
	/** The notification's version that it has followed to; older news is ignored. */
	readonly notificationVersion: number;
	/** Grows by one with each change; 1 for the first. Firing timers does not count. */
	readonly revision: number;
	readonly timers: readonly Timer[];
}

/** A step of an instance, to be written if nobody else stepped meanwhile. */
export interface InstanceStep {
	readonly kind: 'step';
	/** The instance after the step, its timers left out: those are told as changes, since others fire meanwhile. */
	readonly instance: Omit<Instance, 'timers'>;
	/** Removed first. */
	readonly cancel: readonly string[];
	/** Set then, in place of timers of their kind. */
	readonly schedule: readonly Timer[];
}

/** The end of an instance. */
export interface InstanceEnd {
	readonly kind: 'end';
	readonly notificationId: number;
	/** The revision that it had. */
	readonly revision: number;
}

/** What is to be written of one instance. */
export type InstanceChange = InstanceStep | InstanceEnd;

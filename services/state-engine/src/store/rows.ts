import type { Timer } from '../domain/instance.ts';

/** A row of `workflows`. */
export interface WorkflowRow {
	id: number;
	workflow: string;
	workflow_version: number;
	state: string;
	facts: string;
	notification_version: number;
	revision: number;
}

/** A row of `timers`, without what only its queue needs. */
export interface TimerRow {
	id: number;
	kind: string;
	due_at: number;
	/** 1 or 0. */
	proved: number;
	attempts: number;
	traceparent: string | null;
}

/** A timer's row as the domain knows it. */
export function timerOf(row: TimerRow): Timer {
	return {
		kind: row.kind,
		dueAt: new Date(row.due_at),
		proved: row.proved === 1,
		attempts: row.attempts,
		traceparent: row.traceparent ?? undefined,
	};
}

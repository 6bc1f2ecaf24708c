import type { Clock, DomainError } from '@fefaent/kernel';
import type { Evidences, Notifications } from '../clients.ts';
import type { CalendarSettings } from '../domain/calendar.ts';
import type { ClaimedTimer } from '../store/port.ts';
import type { TransitionRunner } from '../transitions/run.ts';

/** What the tasks of timers work with. */
export interface TaskDeps {
	readonly clock: Clock;
	readonly calendar: CalendarSettings;
	readonly runner: TransitionRunner;
	readonly notifications: Notifications;
	readonly evidences: Evidences;
	/** Tries of a task that may fail its notification. */
	readonly depositTries: number;
}

/** A timer that fires, with what its workflow asks for. */
export interface Firing<T> {
	readonly timer: ClaimedTimer;
	readonly params: T;
}

/** What became of a timer's task. */
export type Fired =
	/** Done, or of no use any more. */
	| { readonly kind: 'done' }
	/** There is no such notification. */
	| { readonly kind: 'gone' }
	/** Not yet. */
	| { readonly kind: 'later'; readonly dueAt: Date }
	/** To be tried again. */
	| { readonly kind: 'failed'; readonly error: DomainError };

/** Does the tasks of up to a hundred timers, each of another notification: one outcome for each, in order. A rejection fails them all. */
export type Task<T> = (firings: readonly Firing<T>[], deps: TaskDeps) => Promise<readonly Fired[]>;

import { type NotificationEvent, NotificationEventType } from '@fefaent/contracts/events';
import { type Dialect, type Notification, State } from '@fefaent/contracts/notification';
import { type CalendarSettings, dueAt } from './calendar.ts';
import type { Instance, InstanceChange, Timer } from './instance.ts';
import type { ChangeName, Workflow, WorkflowAction, WorkflowEvent, WorkflowFacts, WorkflowStep } from './workflow.ts';

/** What is known of a notification at one of its versions, from its topic or from its owner. */
export interface News {
	readonly notificationId: number;
	readonly version: number;
	readonly dialect: Dialect;
	readonly facts: WorkflowFacts;
	/** The change that brought it here; undefined when it is just entered, or when nothing changed that a workflow follows. */
	readonly event: WorkflowEvent | undefined;
	readonly traceparent: string | undefined;
}

/** Where definitions come from. */
export interface Workflows {
	/** For a new notification. */
	readonly workflowFor: (dialect: Dialect) => Workflow | undefined;
	/** For an instance that exists. */
	readonly findWorkflow: (name: string, version: number) => Workflow | undefined;
}

const changes: ReadonlyMap<State, ChangeName> = new Map([
	[State.DEPOSITED, 'DEPOSITED'],
	[State.ACCEPTED, 'ACCEPTED'],
	[State.REJECTED, 'REJECTED'],
	[State.EXPIRED, 'EXPIRED'],
	[State.FAILED, 'FAILED'],
	[State.DISCARDED, 'DISCARDED'],
]);

/** The news in an event of the topic. */
export function newsOfEvent(event: NotificationEvent, traceparent: string | undefined): News {
	const at = event.at?.getTime() ?? 0;
	return {
		notificationId: event.notificationId,
		version: event.version,
		dialect: event.dialect,
		facts: { receivedAt: event.receivedAt?.getTime() ?? at, expiryDays: event.expiryDays, reminder: event.reminder },
		event: eventOf(event.type, event.state, at),
		traceparent,
	};
}

function eventOf(type: NotificationEventType, state: State, at: number): WorkflowEvent | undefined {
	if (type === NotificationEventType.PURGED) return { type: 'PURGED', at };
	const change = type === NotificationEventType.STATE_CHANGED ? changes.get(state) : undefined;
	return change && { type: change, at };
}

/** The news in a notification as its owner gives it: what an instance that is behind can catch up with. */
export function newsOfNotification(notification: Notification, traceparent: string | undefined): News {
	const { id, version, draft, state } = notification;
	const change = changes.get(state);
	return {
		notificationId: id,
		version,
		dialect: draft?.dialect ?? 'DIALECT_UNSPECIFIED',
		facts: { receivedAt: notification.receivedAt?.getTime() ?? 0, expiryDays: draft?.expiryDays ?? 0, reminder: draft?.reminder ?? false },
		event: change && { type: change, at: stateSince(notification) },
		traceparent,
	};
}

/** When a notification came to the state that it is in, by its own history; milliseconds since 1970. */
export function stateSince(notification: Notification): number {
	const category = notification.state.replace('STATE_', '');
	const entry = notification.timeline.findLast((one) => one.category === category);
	return (entry?.at ?? notification.receivedAt)?.getTime() ?? 0;
}

/** What became of news: a change to write, nothing new, or nobody knows the workflow. */
export type Followed =
	| { readonly kind: 'changed'; readonly change: InstanceChange }
	| { readonly kind: 'known' }
	| { readonly kind: 'unknown workflow'; readonly workflow: string };

/**
 * Follows a notification. News that is not newer than what the instance has followed is ignored, so that repeated events have no second effect;
 * an instance that does not exist yet is started first, whatever the news.
 */
export function follow(instance: Instance | undefined, news: News, workflows: Workflows, calendar: CalendarSettings): Followed {
	if (instance !== undefined && news.version <= instance.notificationVersion) return { kind: 'known' };
	return advance(instance, news, news.event === undefined ? [] : [news.event], workflows, calendar);
}

/**
 * Moves an instance by an event of its own (an operator's wish), after it has caught up with its notification.
 * @param news of the notification as its owner gives it now
 */
export function nudge(
	instance: Instance | undefined,
	news: News,
	event: WorkflowEvent,
	workflows: Workflows,
	calendar: CalendarSettings,
): Followed {
	const behind = instance === undefined || news.version > instance.notificationVersion;
	const events = behind && news.event !== undefined ? [news.event, event] : [event];
	return advance(instance, news, events, workflows, calendar);
}

function advance(
	instance: Instance | undefined,
	news: News,
	events: readonly WorkflowEvent[],
	{ workflowFor, findWorkflow }: Workflows,
	calendar: CalendarSettings,
): Followed {
	const workflow = instance === undefined ? workflowFor(news.dialect) : findWorkflow(instance.workflow, instance.workflowVersion);
	if (workflow === undefined) {
		const wanted = instance === undefined ? `for ${news.dialect}` : `${instance.workflow}.v${instance.workflowVersion}`;
		return { kind: 'unknown workflow', workflow: wanted };
	}
	const begun: WorkflowStep =
		instance === undefined ? workflow.start(news.facts) : { position: instance.position, actions: [], ended: false };
	const actions = [...begun.actions];
	let last = begun;
	for (const event of events) {
		last = workflow.next(last.position, event);
		actions.push(...last.actions);
	}
	if (last.ended) {
		return instance === undefined
			? { kind: 'known' }
			: { kind: 'changed', change: { kind: 'end', notificationId: news.notificationId, revision: instance.revision } };
	}
	const timers = timerChanges(instance?.timers ?? [], actions, ({ params: { kind, due } }) => {
		const proved = workflow.provedTimers.has(kind);
		return { kind, dueAt: new Date(dueAt(due, calendar)), proved, attempts: 0, traceparent: news.traceparent };
	});
	const stepped = {
		notificationId: news.notificationId,
		workflow: workflow.name,
		workflowVersion: workflow.version,
		position: last.position,
		notificationVersion: Math.max(news.version, instance?.notificationVersion ?? 0),
		revision: (instance?.revision ?? 0) + 1,
	};
	return { kind: 'changed', change: { kind: 'step', instance: stepped, ...timers } };
}

/** Plays the actions on the timers there are, in order. Only kinds that were there, or whose kind was set meanwhile, need cancelling. */
function timerChanges(
	timers: readonly Timer[],
	actions: readonly WorkflowAction[],
	timerOf: (action: Extract<WorkflowAction, { type: 'scheduleTimer' }>) => Timer,
): { readonly cancel: readonly string[]; readonly schedule: readonly Timer[] } {
	const cancelled = new Set<string>();
	const scheduled = new Map<string, Timer>();
	for (const action of actions) {
		if (action.type === 'scheduleTimer') scheduled.set(action.params.kind, timerOf(action));
		if (action.type === 'cancelTimers') {
			for (const kind of [...timers.map((timer) => timer.kind), ...scheduled.keys()]) {
				if (action.params.except.includes(kind)) continue;
				cancelled.add(kind);
				scheduled.delete(kind);
			}
		}
	}
	return { cancel: [...cancelled].filter((kind) => !scheduled.has(kind)), schedule: [...scheduled.values()] };
}

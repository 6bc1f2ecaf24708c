import { NotificationEventType } from '@fefaent/contracts/events';
import { type Draft, type Notification, State, type TimelineEntry } from '@fefaent/contracts/notification';
import type { NewEvent } from './decision.ts';

/** What the issuer handed over. @throws Error when the record is broken: every stored notification has a draft */
export function draftOf(notification: Notification): Draft {
	if (!notification.draft) throw new Error(`notification ${notification.id} has no draft`);
	return notification.draft;
}

/** The code of the issuer. */
export function issuerOf(notification: Notification): string {
	return draftOf(notification).issuer?.code ?? '';
}

/** The time of a new fact: now, but never before the last fact recorded of the notification (clocks of two machines differ). */
export function instantAfter(notification: Notification, now: Date): Date {
	const last = notification.timeline.at(-1)?.at ?? notification.receivedAt;
	return last && last > now ? last : now;
}

/** The time of a decision that follows on one given up: the two are told apart by their instants. */
export function momentAfter(notification: Notification, now: Date): Date {
	const last = notification.timeline.at(-1)?.at;
	return last && last >= now ? new Date(last.getTime() + 1) : now;
}

/** The notification changed by one write: the next version, with one more line in its history. */
export function changed(notification: Notification, entry: TimelineEntry, change: Partial<Notification>): Notification {
	return { ...notification, ...change, version: notification.version + 1, timeline: [...notification.timeline, entry] };
}

/** The notification, with the trace of the call that wrote them on the lines of its history from a place on. */
export function traced(notification: Notification, from: number, traceId: string | undefined): Notification {
	if (traceId === undefined) return notification;
	return { ...notification, timeline: notification.timeline.map((entry, index) => (index < from ? entry : { ...entry, traceId })) };
}

/** What an event says besides its notification. */
export interface EventFacts {
	readonly type: NotificationEventType;
	readonly previousState: State;
	readonly at: Date;
	readonly evidenceId?: string;
}

/** The event of a change. @param notification as it is after the change */
export function eventOf(notification: Notification, facts: EventFacts): NewEvent {
	const draft = draftOf(notification);
	return {
		notificationId: notification.id,
		version: notification.version,
		type: facts.type,
		state: notification.state,
		previousState: facts.previousState,
		at: facts.at,
		issuerCode: draft.issuer?.code ?? '',
		evidenceId: facts.evidenceId ?? '',
		dialect: draft.dialect,
		expiryDays: draft.expiryDays,
		firstNotice: draft.firstNotice,
		reminder: draft.reminder,
		receivedAt: notification.receivedAt,
	};
}

/** The event of a notification just stored. */
export function createdEvent(notification: Notification, at: Date): NewEvent {
	return eventOf(notification, { type: NotificationEventType.CREATED, previousState: State.UNSPECIFIED, at });
}

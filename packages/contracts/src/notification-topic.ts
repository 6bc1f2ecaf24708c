import { NotificationEvent, type NotificationEventType } from './gen/fefaent/events/v1/notification_event.ts';

/** The topic of {@link NotificationEvent}, keyed by the notification's id. */
export const notificationTopic = 'fefaent.notification.v1';

/** Every topic, with the service that publishes to it and the consumer groups that follow it: each is named like its service. */
export const topics = [{ name: notificationTopic, publisher: 'notification', groups: ['state-engine', 'notifier', 'callback'] }] as const;

/** What CloudEvents calls a kind of change: `NOTIFICATION_EVENT_TYPE_STATE_CHANGED` is `fefaent.notification.state-changed.v1`. */
export function notificationEventName(type: NotificationEventType): string {
	return `fefaent.notification.${type.replace('NOTIFICATION_EVENT_TYPE_', '').toLowerCase().replaceAll('_', '-')}.v1`;
}

/** What a follower says of a message of {@link notificationTopic} that is not one of its events: trying again will not make it one. */
export const notAnEvent = 'not an event of a notification';

/** Reads a message of {@link notificationTopic}. @returns nothing for bytes that are no event, or that name no change of a notification */
export function decodeNotificationEvent(body: Uint8Array): NotificationEvent | undefined {
	try {
		const event = NotificationEvent.decode(body);
		return event.id !== '' && event.notificationId > 0 && event.version > 0 ? event : undefined;
	} catch {
		return undefined;
	}
}

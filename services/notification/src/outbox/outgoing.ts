import { NotificationEvent, NotificationEventType, notificationEventName, notificationTopic } from '@fefaent/contracts/events';
import { uuidv7 } from '@fefaent/kernel';
import type { OutboxEvent } from '@fefaent/store-kit';
import type { NewEvent } from '../domain/decision.ts';

/** Names are made once: there is one in each message. */
const types = new Map(Object.values(NotificationEventType).map((type) => [type, notificationEventName(type)]));

/**
 * Gives an event its id and envelope: CloudEvents 1.0 attributes as headers (binary mode), the W3C trace that caused it, and the protobuf
 * message as body.
 * @param traceparent of the call that made the change, if it is traced
 */
export function outgoing(event: NewEvent, traceparent: string | undefined): OutboxEvent {
	const at = event.at ?? new Date(0);
	const id = uuidv7(at);
	const key = String(event.notificationId);
	const type = types.get(event.type) ?? '';
	const headers: Record<string, string> = {
		'ce-specversion': '1.0',
		'ce-id': id,
		'ce-source': '/fefaent/notification',
		'ce-type': type,
		'ce-subject': key,
		'ce-time': at.toISOString(),
		'content-type': 'application/protobuf',
	};
	if (traceparent !== undefined) headers.traceparent = traceparent;
	return { eventId: id, topic: notificationTopic, key, type, at, headers, body: NotificationEvent.encode({ ...event, id }).finish() };
}

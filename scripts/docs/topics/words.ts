// What topics, their followers, events and headers mean, for people. Typed by the code's own lists where there are any, so that none can be missing; a test
// compares the headers with what is published.
import type { NotificationEventType, topics } from '@fefaent/contracts/events';

type TopicName = (typeof topics)[number]['name'];
type GroupName = (typeof topics)[number]['groups'][number];

/** What a topic is about. */
export interface TopicWords {
	/** In identifiers of the AsyncAPI document. */
	readonly id: string;
	readonly about: string;
	readonly publishing: string;
	readonly key: { readonly meaning: string; readonly pattern: string };
	readonly order: string;
	/** What each group does with it. */
	readonly groups: Readonly<Record<GroupName, string>>;
}

/** Every topic. */
export const topicWords: Readonly<Record<TopicName, TopicWords>> = {
	'fefaent.notification.v1': {
		id: 'notification',
		about: 'What happened to notifications: one event for each change of one.',
		publishing:
			'The notification service writes an event in the same write as the change it tells of; its outbox relay publishes it, again after a crash, always under the same id.',
		key: { meaning: 'The notification’s id, in decimal.', pattern: '^[1-9][0-9]{0,15}$' },
		order: 'Events of one notification come in the order of its versions. Between notifications there is none.',
		groups: {
			'state-engine':
				'Moves the instance of the notification’s process on: sets and cancels the timers of deposit, reminder, expiry and retention. Of a purged one it has the evidences’ documents removed. A repetition is known by the notification’s version.',
			notifier:
				'Renders and records the e-mails and SMS of a deposit or a reminder, drops those that are no longer of use, forgets those of a purged notification. A repetition is known by the event’s id (its inbox), and by notification, recipient, channel and kind.',
			callback:
				'Records a delivery of a change of state for each endpoint of the issuer that wants it; gives those of a purged notification up. A repetition is known by the delivery’s id, which is made from the event’s and the endpoint’s.',
		},
	},
};

/** Kinds of events that are published. */
export type PublishedType = Exclude<NotificationEventType, 'NOTIFICATION_EVENT_TYPE_UNSPECIFIED' | 'UNRECOGNIZED'>;

/** What each kind of event says. */
export const eventWords: Readonly<Record<PublishedType, string>> = {
	NOTIFICATION_EVENT_TYPE_CREATED: 'It was received and stored.',
	NOTIFICATION_EVENT_TYPE_STATE_CHANGED:
		'It is seen in another state: `state` after `previous_state`, proved by `evidence_id` where the step has an evidence.',
	NOTIFICATION_EVENT_TYPE_REMINDER_DUE: 'It still waits for its recipients, who are to be reminded. At most once.',
	NOTIFICATION_EVENT_TYPE_PURGED: 'It was exported and removed after its retention: nothing of it is left to be asked for. The last event.',
};

/** A header: what it means, and its JSON schema. Values are text. */
export interface HeaderWords {
	readonly meaning: string;
	readonly schema: Readonly<Record<string, unknown>>;
	readonly example: string;
	/** Not on every message. */
	readonly optional?: true;
}

const uuid = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';
const instant = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$';
const count = '^[0-9]+$';

/** Headers of every event: CloudEvents 1.0, Kafka protocol binding, binary mode. `ce_type` names the kind of event. */
export const eventHeaders: Readonly<Record<string, HeaderWords>> = {
	ce_specversion: { meaning: 'Version of CloudEvents.', schema: { const: '1.0' }, example: '1.0' },
	ce_id: {
		meaning: 'Id of the event, UUIDv7, also in the body. The same in every repetition.',
		schema: { pattern: uuid },
		example: '019cae57-2a00-7b1e-8c3d-5a0f4e2d1c0b',
	},
	ce_source: { meaning: 'Who published it.', schema: { const: '/fefaent/notification' }, example: '/fefaent/notification' },
	ce_type: { meaning: 'Kind of event.', schema: {}, example: '' },
	ce_subject: { meaning: 'The notification’s id, as in the key.', schema: { pattern: '^[1-9][0-9]{0,15}$' }, example: '1042' },
	ce_time: {
		meaning: 'The legal instant of the change, UTC with milliseconds.',
		schema: { pattern: instant },
		example: '2026-03-02T12:00:00.000Z',
	},
	'content-type': { meaning: 'Format of the body.', schema: { const: 'application/protobuf' }, example: 'application/protobuf' },
	traceparent: {
		meaning: 'W3C Trace Context of the call that made the change, where it was traced.',
		schema: { pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}' },
		example: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
		optional: true,
	},
};

/** What a redriven message carries besides, so that its group knows what it went through. */
export const redrivenHeaders: Readonly<Record<string, HeaderWords>> = {
	'fefaent-key': { meaning: 'The key that the message had in its topic.', schema: {}, example: '1042' },
	'fefaent-life': { meaning: 'How often it was redriven.', schema: { pattern: count }, example: '1' },
	'fefaent-attempts': { meaning: 'Tries in all, over every redrive.', schema: { pattern: count }, example: '70' },
	'fefaent-history': {
		meaning: 'The last tries, 20 at most, as JSON: number, instant (milliseconds since 1970), reason. Reasons hold no personal data.',
		schema: { pattern: '^\\[.*\\]$' },
		example: '[[70,1772456400000,"the store is away"]]',
	},
	'fefaent-partition': { meaning: 'Where it stood in its topic.', schema: { pattern: count }, example: '3' },
	'fefaent-offset': { meaning: 'Where it stood in its topic.', schema: { pattern: count }, example: '118' },
};

/** What a dead letter carries besides. */
export const deadLetterHeaders: Readonly<Record<string, HeaderWords>> = {
	...redrivenHeaders,
	'fefaent-life': { ...(redrivenHeaders['fefaent-life'] as HeaderWords), example: '0' },
	'fefaent-reason': { meaning: 'Why the last try failed. No personal data.', schema: {}, example: 'the store is away' },
	'fefaent-died-at': { meaning: 'When it was given up.', schema: { pattern: instant }, example: '2026-03-02T13:00:00.000Z' },
};

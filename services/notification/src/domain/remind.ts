import { NotificationEventType } from '@fefaent/contracts/events';
import { type Notification, State } from '@fefaent/contracts/notification';
import type { Decision } from './decision.ts';
import { changed, eventOf, instantAfter } from './record.ts';

const category = 'REMINDER_DUE';

/**
 * Records that the recipients are to be reminded, once, while the notification still waits for them: one with a decision pending does not.
 * @returns whether it was reminded, now or before
 */
export function remind(notification: Notification | undefined, now: Date): Decision<boolean> {
	if (notification?.timeline.some((entry) => entry.category === category)) return { result: true, events: [] };
	if (notification?.state !== State.DEPOSITED || notification.claim) return { result: false, events: [] };
	const at = instantAfter(notification, now);
	const next = changed(notification, { category, at, actor: 'engine', detail: '' }, {});
	return {
		result: true,
		next: { kind: 'live', notification: next },
		events: [eventOf(next, { type: NotificationEventType.REMINDER_DUE, previousState: next.state, at })],
	};
}

import type { Notification } from './gen/fefaent/notification/v1/notification.ts';
import { NotificationView } from './gen/fefaent/notification/v1/notification_service.ts';

/** A notification as an answer carries it: without what its view leaves out. The record itself stays as it is. */
export function viewed(notification: Notification, view: NotificationView): Notification {
	const { draft } = notification;
	if (draft === undefined) return notification;
	switch (view) {
		case NotificationView.CASE:
			return draft.body === '' && draft.appealFooter === ''
				? notification
				: { ...notification, draft: { ...draft, body: '', appealFooter: '' } };
		case NotificationView.SUMMARY:
			return { ...notification, timeline: [], draft: { ...draft, body: '', appealFooter: '', recipients: [], documents: [] } };
		default:
			return notification;
	}
}

import { NotificationEventType } from '@fefaent/contracts/events';
import type { Notification } from '@fefaent/contracts/notification';
import { type Decision, liveOf, type Stored } from './decision.ts';
import { changed, eventOf, instantAfter, issuerOf } from './record.ts';
import { isAtRest } from './transitions.ts';

/** Whether a notification may leave: nothing happens to it any more, and nothing is decided of it. */
export function mayLeave(notification: Notification): boolean {
	return isAtRest(notification.state) && !notification.claim;
}

/** Whether the export holds what the notification is now. */
export function isExported(notification: Notification): boolean {
	return notification.exported?.version === notification.version;
}

/** Where an export lies among the blobs: `exports/<issuer>/<year of receipt, UTC>/<id>.zip`. Characters that a path does not take are escaped. */
export function exportKey(notification: Notification): string {
	const issuer = encodeURIComponent(issuerOf(notification)).replace(
		/[^\w%-]/g,
		(one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `exports/${issuer}/${notification.receivedAt?.getUTCFullYear() ?? 0}/${notification.id}.zip`;
}

/**
 * Records that the export of `version` was written.
 * @returns whether the notification has a current export; not when it changed while the export was written
 */
export function markExported(notification: Notification | undefined, version: number, now: Date): Decision<boolean> {
	if (!notification || !mayLeave(notification)) return { result: false, events: [] };
	if (isExported(notification)) return { result: true, events: [] };
	if (notification.version !== version) return { result: false, events: [] };
	const at = instantAfter(notification, now);
	const next = changed(
		notification,
		{ category: 'EXPORTED', at, actor: 'engine', detail: '' },
		{ exported: { key: exportKey(notification), version: version + 1, at } },
	);
	return { result: true, next: { kind: 'live', notification: next }, events: [] };
}

/**
 * Removes a notification whose export is current; what stays tells where that is.
 * @returns whether it is gone, now or before
 */
export function purge(stored: Stored | undefined, now: Date): Decision<boolean> {
	if (stored?.kind === 'purged') return { result: true, events: [] };
	const notification = liveOf(stored);
	if (!notification?.exported || !isExported(notification) || !mayLeave(notification)) return { result: false, events: [] };
	const at = instantAfter(notification, now);
	const version = notification.version + 1;
	return {
		result: true,
		next: {
			kind: 'purged',
			tombstone: { id: notification.id, version, issuerCode: issuerOf(notification), purgedAt: at, exportKey: notification.exported.key },
		},
		events: [eventOf({ ...notification, version }, { type: NotificationEventType.PURGED, previousState: notification.state, at })],
	};
}

import { NotificationEventType } from '@fefaent/contracts/events';
import { isAtRest, type Notification } from '@fefaent/contracts/notification';
import { type Decision, liveOf, type Stored } from './decision.ts';
import { changed, eventOf, instantAfter, issuerOf } from './record.ts';

/** Whether a notification may leave: nothing happens to it any more, and nothing is decided of it. */
export function mayLeave(notification: Notification): boolean {
	return isAtRest(notification.state) && !notification.claim;
}

/** Whether the export holds what the notification is now. */
export function isExported(notification: Notification): boolean {
	return notification.exported?.version === notification.version;
}

/** Where an export lies among the blobs: `exports/<issuer>/<year of receipt, UTC>/<id>.zip`. */
export function exportKey(notification: Notification): string {
	return `exports/${issuerSegment(issuerOf(notification))}/${notification.receivedAt?.getUTCFullYear() ?? 0}/${notification.id}.zip`;
}

/** Longest escaped code that names its folder by itself: a segment of a path has bounds everywhere, and a code of any script grows ninefold. */
const maxSegment = 120;

/** A code as one segment of a path: what a path does not take is escaped; of a long one stays the beginning, with a hash of the whole. */
function issuerSegment(code: string): string {
	const escaped = encodeURIComponent(code.toWellFormed()).replace(/[^\w%-]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
	if (escaped.length <= maxSegment) return escaped;
	const beginning = escaped.slice(0, maxSegment - 17).replace(/%.?$/, '');
	return `${beginning}-${hashOf(code)}`;
}

/** FNV-1a, 64 bits. It keeps folders readable apart and no more: below them, ids are unique whoever the issuer is. */
function hashOf(text: string): string {
	let hash = 0xcbf29ce484222325n;
	for (let index = 0; index < text.length; index++) hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
	return hash.toString(16).padStart(16, '0');
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

import type { NotificationEvent } from '@fefaent/contracts/events';
import type { Notification } from '@fefaent/contracts/notification';

/** An event that a change makes, before it is given an id. */
export type NewEvent = Omit<NotificationEvent, 'id'>;

/** What stays of a purged notification: enough to find its export, and to know that it once was. */
export interface Tombstone {
	readonly id: number;
	/** One more than the last version of the notification. */
	readonly version: number;
	readonly issuerCode: string;
	readonly purgedAt: Date;
	/** Where its export lies among the blobs. */
	readonly exportKey: string;
}

/** What is kept under an id. */
export type Stored =
	| { readonly kind: 'live'; readonly notification: Notification }
	| { readonly kind: 'purged'; readonly tombstone: Tombstone };

/** What a rule decided on one command: the answer, and the change it makes, if any, with its events. */
export interface Decision<R> {
	readonly result: R;
	/** Absent: nothing changes. */
	readonly next?: Stored;
	readonly events: readonly NewEvent[];
}

/** The version of what is kept under an id. */
export function versionOf(stored: Stored): number {
	return stored.kind === 'live' ? stored.notification.version : stored.tombstone.version;
}

/** A purged notification is as unknown as one that never was. */
export function liveOf(stored: Stored | undefined): Notification | undefined {
	return stored?.kind === 'live' ? stored.notification : undefined;
}

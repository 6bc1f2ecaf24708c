import type { Notification, State } from '@fefaent/contracts/notification';
import type { OutboxSource } from '@fefaent/event-bus';
import type { OutboxEvent } from '@fefaent/store-kit';
import type { Stored } from '../domain/decision.ts';

/** A notification to be stored for the first time. */
export interface Arrival {
	readonly notification: Notification;
	/** What it is recognised by when it comes again, unique for its issuer: the issuer's own reference, or else that of the call. */
	readonly reference: string | undefined;
	/** SHA-256 of what the issuer wrote; there when the reference is. */
	readonly fingerprint: Uint8Array | undefined;
	readonly events: readonly OutboxEvent[];
}

/** What became of an arrival. `existing`: the reference belongs to another notification, whose fingerprint decides what that means. */
export type Insertion =
	| { readonly kind: 'inserted' }
	| { readonly kind: 'existing'; readonly id: number; readonly iun: string; readonly fingerprint: Uint8Array };

/** The next version of what is kept under an id. */
export interface Replacement {
	/** The version that the change was decided on. */
	readonly expectedVersion: number;
	readonly next: Stored;
	readonly events: readonly OutboxEvent[];
}

/** `stale`: another version was there; nothing was written. */
export type Written = 'written' | 'stale';

/** What to look for; absent: any. */
export interface SearchQuery {
	readonly issuerCode?: string;
	readonly issuerReference?: string;
	readonly state?: State;
	/** Ids below this one only. */
	readonly beforeId?: number;
	readonly limit: number;
}

/** The place of a claim in the order of claims. */
export interface ClaimPosition {
	readonly decidedAt: Date;
	readonly id: number;
}

/**
 * Where notifications are kept: one document each, with its events in the same write. Every answer comes once it is durable. Writes of one
 * call need not be one transaction: each item is written whole or not at all.
 */
export interface NotificationStore {
	/** Takes `count` ids from the counter for good. @returns the first one */
	reserveIds(count: number): Promise<number>;
	/**
	 * Stores arrivals, one after the other: of two that give the same reference of one issuer, here or at the same time elsewhere, the first one
	 * is inserted and the other finds it.
	 */
	insertMany(arrivals: readonly Arrival[]): Promise<readonly Insertion[]>;
	/** What is kept under these ids, the purged ones included; absent when nothing ever was. */
	getMany(ids: readonly number[]): Promise<ReadonlyMap<number, Stored>>;
	/** Writes each change if the version that it was decided on is still there. At most one for an id. A tombstone frees the issuer's reference. */
	replaceMany(replacements: readonly Replacement[]): Promise<readonly Written[]>;
	/** Live notifications, highest id first. */
	search(query: SearchQuery): Promise<readonly Notification[]>;
	/** Live notifications whose claim was decided before an instant, oldest claim first; by id those of one instant. @param after only those behind it */
	claimsBefore(before: Date, limit: number, after?: ClaimPosition): Promise<readonly Notification[]>;
	/** The events that wait to be published, in the order of their writes. */
	readonly outbox: OutboxSource & {
		/** How many writes they are of, or `most` if they are more. */
		depth(most?: number): number | Promise<number>;
		/** When the one that waits longest was written. */
		oldestAt(): Date | undefined | Promise<Date | undefined>;
	};
	/** Resolves when the store answers. */
	ping(): Promise<void>;
	/** Finishes what was begun and lets go of the storage. */
	close(): Promise<void>;
}

import type { Evidence, EvidenceKey } from '@fefaent/contracts/evidence';

/** Keeps evidences: at most one for each (notification, transition), forever. */
export interface EvidenceStore {
	/** The evidences that there are, by {@link keyText}. */
	findMany(keys: readonly EvidenceKey[]): Promise<ReadonlyMap<string, Evidence>>;
	/**
	 * Stores evidences, durably once resolved. Of two for the same key the first one stays.
	 * @returns what is stored for each of them, in order
	 */
	insertMany(evidences: readonly Evidence[]): Promise<readonly Evidence[]>;
	/** Empties the documents of notifications; key, id and digest stay. Idempotent. */
	purge(notificationIds: readonly number[]): Promise<void>;
	/** @throws when the store does not answer */
	ping(): Promise<void>;
	close(): Promise<void>;
}

/** A key as text, to look it up by. */
export function keyText({ notificationId, transition }: EvidenceKey): string {
	return `${notificationId} ${transition}`;
}

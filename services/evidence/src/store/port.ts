import type { Evidence, EvidenceKey } from '@fefaent/contracts/evidence';

/** A decision: of what, and when. */
export interface DecisionKey extends EvidenceKey {
	readonly decidedAt: Date;
}

/** Keeps evidences: at most one for each (notification, transition), forever; and which decisions never get one. */
export interface EvidenceStore {
	/** The evidences that there are, by {@link keyText}. */
	findMany(keys: readonly EvidenceKey[]): Promise<ReadonlyMap<string, Evidence>>;
	/**
	 * Stores evidences, durably once resolved. Of two for the same key the first one stays.
	 * @returns what is stored for each of them, in order; undefined where nothing is, because its decision was abandoned
	 */
	insertMany(evidences: readonly Evidence[]): Promise<readonly (Evidence | undefined)[]>;
	/**
	 * Lets no evidence of a decision, or of an earlier one of its key, be stored from now on, unless there is one for the key already. Durable once
	 * resolved. Idempotent. Of an insertion and an abandonment that race, one wins and the other one is told of it.
	 * @returns what is stored for each key, in order; undefined where the decision is abandoned
	 */
	abandonMany(decisions: readonly DecisionKey[]): Promise<readonly (Evidence | undefined)[]>;
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

import type { Evidence } from '@fefaent/contracts/evidence';
import { mayBeGivenUp, type Notification } from '@fefaent/contracts/notification';
import { Batcher, type Clock, crashpoint, DomainError, uuidv7 } from '@fefaent/kernel';
import { currentTraceparent, detached } from '@fefaent/service-kit';
import { evidenceDocument } from './domain/document.ts';
import { type EvidenceFacts, factsOf } from './domain/facts.ts';
import type { EvidenceNode } from './domain/node.ts';
import { evidenceError } from './errors.ts';
import type { SealingPool } from './sealing/pool.ts';
import type { SealingTrouble } from './sealing/trouble.ts';
import { type EvidenceStore, keyText } from './store/port.ts';
import { measureSealing, type SealingRequest } from './telemetry.ts';

/** What issuing is made of. */
export interface IssuingOptions {
	readonly store: EvidenceStore;
	readonly sealing: Pick<SealingPool, 'seal'>;
	readonly clock: Clock;
	/** Told how each batch went. */
	readonly trouble: SealingTrouble;
	/** Most evidences of a batch. */
	readonly maxBatch: number;
	/** Batches at once: while one is stored the next is sealed. */
	readonly maxBatches: number;
	/** Most evidences that wait. */
	readonly maxWaiting: number;
}

/** XAdES baseline with a time-stamp, as the contract names it. */
const level = 'B-T';

/** Issues evidences, one for each (notification, transition): calls that come together are sealed and stored as one batch. */
export class Issuing {
	readonly #options: IssuingOptions;
	readonly #batcher: Batcher<Asked, Issued>;
	/** What is being issued now: who asks for the same decision's waits for it, instead of sealing it twice. */
	readonly #underWay = new Map<string, Promise<Issued>>();

	constructor(options: IssuingOptions) {
		this.#options = options;
		const { maxBatch: maxItems, maxBatches: maxRuns, maxWaiting } = options;
		this.#batcher = new Batcher((asked) => this.#run(asked), { maxItems, maxRuns, maxWaiting });
	}

	/** Evidences that wait to be sealed or stored. */
	get pending(): number {
		return this.#underWay.size;
	}

	/** Resolved when nothing waits any more, however it ended. */
	async drained(): Promise<void> {
		while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values());
	}

	/**
	 * The evidences of what notifications' claims decided, those that exist as they are.
	 * @returns for each, in order, its evidence or why there is none: a claim that proves nothing, or no sealing now
	 */
	async issue(notifications: readonly Notification[]): Promise<Issued[]> {
		const facts = notifications.map(factsOrWhyNot);
		const existing = await this.#options.store.findMany(facts.filter((one) => 'motive' in one));
		return Promise.all(
			facts.map((one) => {
				if (one instanceof DomainError) return one;
				const found = existing.get(keyText(one));
				return found === undefined ? this.#issueNew(one) : proofOf(one, found);
			}),
		);
	}

	#issueNew(facts: EvidenceFacts): Promise<Issued> {
		// A later decision has an evidence of its own, whatever becomes of one that is still being sealed for an earlier one.
		const key = `${keyText(facts)} ${facts.decidedAt.getTime()}`;
		const known = this.#underWay.get(key);
		if (known) return known;
		// Not a part of the call that happened to come first: the batch belongs to all that are in it.
		const traceparent = currentTraceparent();
		const issued = detached(() => this.#batcher.add({ facts, traceparent, askedAt: performance.now() }))
			.catch((error: unknown) => {
				if (error instanceof RangeError) return evidenceError('SEALING_BUSY');
				if (error instanceof DomainError) return error;
				throw error;
			})
			.finally(() => this.#underWay.delete(key));
		this.#underWay.set(key, issued);
		return issued;
	}

	/** @returns for each its evidence, or why there can be none of it: the others of the batch are of callers who do not know it */
	async #run(asked: readonly Asked[]): Promise<readonly Issued[]> {
		const { store, clock } = this.#options;
		const issuedAt = clock.now();
		const drafts = asked.map((one) => buildDraft(one, uuidv7(issuedAt)));
		const sealed = await onward(drafts, (good) => this.#seal(good, issuedAt));
		await crashpoint('evidence.issue.before-store');
		const stored = await onward(sealed, async (good) =>
			(await store.insertMany(good)).map((one, index) => one ?? abandoned(good[index]?.notificationId ?? 0)),
		);
		await crashpoint('evidence.issue.stored');
		return stored.map((one, index) => {
			const facts = asked[index]?.facts;
			return one instanceof DomainError || facts === undefined ? one : proofOf(facts, one);
		});
	}

	async #seal(drafts: readonly Draft[], issuedAt: Date): Promise<Issued[]> {
		const { sealing, trouble } = this.#options;
		const documents = drafts.map(({ evidenceId, document }) => ({ evidenceId, document }));
		const outcomes = await measureSealing(drafts, (begun) => sealing.seal(documents, issuedAt, begun));
		trouble.observe(outcomes, issuedAt);
		return drafts.map(({ evidenceId: id, facts: { notificationId, transition, decidedAt } }, index) => {
			const outcome = outcomes[index] ?? evidenceError('SEALING_FAILED');
			return outcome instanceof DomainError ? outcome : { id, notificationId, transition, ...outcome, issuedAt, decidedAt, level };
		});
	}
}

/** An evidence, or why there is none. */
export type Issued = Evidence | DomainError;

/** What is asked for. */
interface Asked extends SealingRequest {
	readonly facts: EvidenceFacts;
}

/** A document that is still to be sealed. */
interface Draft extends Asked {
	readonly evidenceId: string;
	readonly document: EvidenceNode;
}

function buildDraft(asked: Asked, evidenceId: string): Draft | DomainError {
	try {
		return { ...asked, evidenceId, document: evidenceDocument(asked.facts, evidenceId) };
	} catch (error) {
		return error instanceof DomainError ? error : evidenceError('SEALING_FAILED', {}, { cause: error });
	}
}

/** Takes those that have not failed one step further, all together; failures keep their places. */
async function onward<I, O>(
	items: readonly (I | DomainError)[],
	step: (good: readonly I[]) => Promise<readonly (O | DomainError)[]>,
): Promise<(O | DomainError)[]> {
	const good = items.filter((one): one is I => !(one instanceof DomainError));
	const results = (good.length === 0 ? [] : await step(good)).values();
	return items.map((one) => (one instanceof DomainError ? one : (results.next().value ?? evidenceError('SEALING_FAILED'))));
}

function factsOrWhyNot(notification: Notification): EvidenceFacts | DomainError {
	try {
		return factsOf(notification);
	} catch (error) {
		if (error instanceof DomainError) return error;
		throw error;
	}
}

const abandoned = (id: number) => evidenceError('DECISION_ABANDONED', { id: String(id) });

/**
 * The evidence that there is of a key, if it proves what was decided. Of a transition that may be given up, and so decided again, it has to be of
 * that very decision: nobody may be told an instant that lies before they were reached. The others are decided once.
 */
function proofOf({ notificationId, transition, decidedAt }: EvidenceFacts, found: Evidence): Issued {
	if (!mayBeGivenUp(transition) || found.decidedAt?.getTime() === decidedAt.getTime()) return found;
	return evidenceError('OTHER_DECISION_PROVED', { id: String(notificationId), transition });
}

import type { Evidence } from '@fefaent/contracts/evidence';
import type { Notification } from '@fefaent/contracts/notification';
import { Batcher, type Clock, crashpoint, DomainError, uuidv7 } from '@fefaent/kernel';
import { detached } from '@fefaent/service-kit';
import { evidenceDocument } from './domain/document.ts';
import { type EvidenceFacts, factsOf } from './domain/facts.ts';
import type { EvidenceNode } from './domain/node.ts';
import { evidenceError } from './errors.ts';
import type { SealingPool } from './sealing/pool.ts';
import { type EvidenceStore, keyText } from './store/port.ts';
import { measureSealing } from './telemetry.ts';

/** What issuing is made of. */
export interface IssuingOptions {
	readonly store: EvidenceStore;
	readonly sealing: Pick<SealingPool, 'seal'>;
	readonly clock: Clock;
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
	readonly #batcher: Batcher<EvidenceFacts, Evidence | DomainError>;
	/** What is being issued now: who asks for the same waits for it, instead of sealing it twice. */
	readonly #underWay = new Map<string, Promise<Evidence>>();

	constructor(options: IssuingOptions) {
		this.#options = options;
		const { maxBatch: maxItems, maxBatches: maxRuns, maxWaiting } = options;
		this.#batcher = new Batcher((facts) => this.#run(facts), { maxItems, maxRuns, maxWaiting });
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
	 * @throws DomainError for all of them together: a claim that proves nothing, or no sealing now
	 */
	async issue(notifications: readonly Notification[]): Promise<Evidence[]> {
		const facts = notifications.map(factsOf);
		const existing = await this.#options.store.findMany(facts);
		return Promise.all(facts.map((one) => existing.get(keyText(one)) ?? this.#issueNew(one)));
	}

	#issueNew(facts: EvidenceFacts): Promise<Evidence> {
		const key = keyText(facts);
		const known = this.#underWay.get(key);
		if (known) return known;
		// Not a part of the call that happened to come first: the batch belongs to all that are in it.
		const issued = detached(() => this.#batcher.add(facts))
			.catch((error: unknown) => {
				throw error instanceof RangeError ? evidenceError('SEALING_BUSY') : error;
			})
			.then((result) => (result instanceof DomainError ? raise(result) : result))
			.finally(() => this.#underWay.delete(key));
		this.#underWay.set(key, issued);
		return issued;
	}

	/** @returns for each its evidence, or why there can be none of it: the others of the batch are of callers who do not know it */
	async #run(facts: readonly EvidenceFacts[]): Promise<readonly (Evidence | DomainError)[]> {
		const { store, sealing, clock } = this.#options;
		const issuedAt = clock.now();
		const built = facts.map((one) => buildDraft(one, uuidv7(issuedAt)));
		const drafts = built.filter((one) => 'document' in one);
		if (drafts.length === 0) return built.filter((one): one is DomainError => one instanceof DomainError);
		const sealed = await measureSealing(drafts.length, () =>
			sealing.seal(
				drafts.map(({ evidenceId, document }) => ({ evidenceId, document })),
				issuedAt,
			),
		);
		await crashpoint('evidence.issue.before-store');
		const stored = await store.insertMany(
			drafts.map(({ facts: { notificationId, transition, decidedAt }, evidenceId: id }, index) => {
				const { xml, sha256 } = sealed[index] ?? raise(evidenceError('SEALING_FAILED'));
				return { id, notificationId, transition, xml, sha256, issuedAt, decidedAt, level };
			}),
		);
		await crashpoint('evidence.issue.stored');
		let next = 0;
		return built.map((one) => (one instanceof DomainError ? one : (stored[next++] ?? evidenceError('SEALING_FAILED'))));
	}
}

/** A document that is still to be sealed. */
interface Draft {
	readonly facts: EvidenceFacts;
	readonly evidenceId: string;
	readonly document: EvidenceNode;
}

function buildDraft(facts: EvidenceFacts, evidenceId: string): Draft | DomainError {
	try {
		return { facts, evidenceId, document: evidenceDocument(facts, evidenceId) };
	} catch (error) {
		return error instanceof DomainError ? error : evidenceError('SEALING_FAILED', {}, { cause: error });
	}
}

function raise(error: Error): never {
	throw error;
}

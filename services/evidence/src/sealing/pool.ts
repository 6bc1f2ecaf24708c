import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { DomainError } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import { evidenceError, evidenceErrors } from '../errors.ts';
import { Piece, SealingBatch, type SealingOutcome } from './batch.ts';
import { type PackedBatch, type SealingAnswer, type SealingFailure, type SealingSetup, type Unsealed, unpacked } from './protocol.ts';
import { Suspects } from './suspects.ts';

/** How the threads are kept. */
export interface SealingPoolOptions {
	readonly setup: SealingSetup;
	/** Threads at most; each starts when there is first work for it. */
	readonly workers: number;
	/** Batches that may wait. */
	readonly maxWaiting: number;
	/** How long a thread may take for a batch, real time in milliseconds. */
	readonly jobMs: number;
	readonly logger: Logger;
}

/** What a thread was given. */
interface Job {
	readonly piece: Piece;
	/** Ends it when it takes too long. */
	readonly timer: NodeJS.Timeout;
}

/** A thread with what it has under way, by the id of the job. */
interface Slot {
	readonly worker: Worker;
	readonly underWay: Map<number, Job>;
}

/** One batch is worked on while the next already lies there, so that the thread never waits for this one. */
const batchesPerWorker = 2;

/** How long a stop waits for threads to end, real time in milliseconds: one may be held by a token's driver, which nothing can interrupt. */
const endingMs = 2_000;

/**
 * Threads that seal batches. A thread that ends is replaced, and what it had under way is done again; one that takes too long for a batch is given up
 * with that batch, and replaced.
 */
export class SealingPool {
	readonly #options: SealingPoolOptions;
	readonly #slots = new Set<Slot>();
	readonly #waiting: Piece[] = [];
	/** They go first. */
	readonly #suspects = new Suspects();
	#nextId = 1;
	#stopped = false;
	#whenIdle: (() => void)[] = [];

	constructor(options: SealingPoolOptions) {
		this.#options = options;
	}

	/**
	 * Seals a batch at an instant.
	 * @param begun called once, when the first thread gets it
	 * @returns for each document, in order, what it became, or a DomainError of `evidenceErrors`
	 * @throws DomainError NOT_RUNNING, SEALING_BUSY: nothing of it was tried
	 */
	seal(documents: readonly Unsealed[], at: Date, begun?: () => void): Promise<SealingOutcome[]> {
		if (this.#stopped) return Promise.reject(evidenceError('NOT_RUNNING'));
		if (this.#waiting.length >= this.#options.maxWaiting) return Promise.reject(evidenceError('SEALING_BUSY'));
		const batch = new SealingBatch(documents, at, begun);
		if (documents.length > 0) this.#waiting.push(new Piece(batch, documents));
		this.#dispatch();
		return batch.done;
	}

	/** Finishes what is under way and ends the threads. */
	async stop(): Promise<void> {
		this.#stopped = true;
		if (!this.#idle()) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
		await this.#endThreads();
	}

	/** Gives up what is under way and what waits (NOT_RUNNING), and ends the threads. */
	async cut(): Promise<void> {
		this.#stopped = true;
		const left = [...this.#suspects.pieces.splice(0), ...this.#waiting.splice(0)];
		for (const { underWay } of this.#slots) left.push(...takeAll(underWay));
		for (const piece of left) piece.fail(evidenceError('NOT_RUNNING'));
		this.#dispatch();
		await this.#endThreads();
	}

	async #endThreads(): Promise<void> {
		const ended = Promise.all([...this.#slots].map(({ worker }) => worker.terminate()));
		await Promise.race([ended, delay(endingMs, undefined, { ref: false })]);
	}

	#idle(): boolean {
		return this.#waiting.length + this.#suspects.pieces.length === 0 && [...this.#slots].every(({ underWay }) => underWay.size === 0);
	}

	#dispatch(): void {
		for (;;) {
			const queue = this.#suspects.pieces.length > 0 ? this.#suspects.pieces : this.#waiting;
			const [piece] = queue;
			const slot = piece && this.#slotFor(piece);
			if (!slot) break;
			queue.shift();
			piece.batch.begin();
			const id = this.#nextId++;
			const timer = setTimeout(() => this.#giveUp(slot, id), this.#options.jobMs);
			slot.underWay.set(id, { piece, timer });
			slot.worker.postMessage({ id, at: piece.batch.at, documents: piece.documents });
		}
		if (this.#idle()) for (const tell of this.#whenIdle.splice(0)) tell();
	}

	/** An idle thread, or a new one as long as there are few, or the one with the least to do if it may have more. */
	#slotFor(piece: Piece): Slot | undefined {
		const [best] = [...this.#slots].sort((one, other) => one.underWay.size - other.underWay.size);
		if (best?.underWay.size === 0) return best;
		if (this.#slots.size < this.#options.workers) return this.#startWorker();
		const open = [...this.#slots].filter(({ underWay }) => ![...underWay.values()].some(({ piece: one }) => one.suspect));
		const [free] = open.sort((one, other) => one.underWay.size - other.underWay.size);
		return free && !piece.suspect && free.underWay.size < batchesPerWorker ? free : undefined;
	}

	#startWorker(): Slot {
		const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.#options.setup, name: 'evidence-sealing' });
		const slot: Slot = { worker, underWay: new Map() };
		this.#slots.add(slot);
		worker.on('message', (answer: SealingAnswer) => this.#settle(slot, answer));
		worker.on('error', (error: Error) => this.#options.logger.error({ error: error.name }, 'a sealing thread failed'));
		worker.on('exit', (code) => this.#replace(slot, code));
		return slot;
	}

	#settle({ underWay }: Slot, answer: SealingAnswer): void {
		const { piece, timer } = underWay.get(answer.id) ?? {};
		clearTimeout(timer);
		underWay.delete(answer.id);
		if (piece && answer.batch) piece.settle(this.#outcomes(piece, answer.batch));
		else if (piece && !answer.batch) {
			this.#options.logger.error({ ...answer.failure, evidences: piece.documents.length }, 'a batch of evidences was not sealed');
			piece.fail(errorOf(answer.failure));
		}
		this.#dispatch();
	}

	#outcomes({ documents }: Piece, batch: PackedBatch): SealingOutcome[] {
		for (const failed of Map.groupBy(batch.failures, ([, { reason, cause }]) => `${reason} ${cause}`).values()) {
			const evidences = failed.map(([index]) => documents[index]?.evidenceId);
			this.#options.logger.error({ ...failed[0]?.[1], evidences }, 'evidences were not sealed');
		}
		return unpacked(batch).map((one) => ('xml' in one ? one : errorOf(one)));
	}

	/** Ends a thread that took too long for a job. What else it had is done again by another: that is not what held it. */
	#giveUp(slot: Slot, id: number): void {
		const overdue = slot.underWay.get(id)?.piece;
		if (overdue === undefined) return;
		slot.underWay.delete(id);
		const evidences = overdue.documents.map((one) => one.evidenceId);
		this.#options.logger.error({ evidences }, 'a sealing thread took too long; it is ended, and what it had is given up for now');
		// Not once it has ended: it may never do so.
		this.#slots.delete(slot);
		this.#waiting.unshift(...takeAll(slot.underWay));
		slot.worker.unref();
		void slot.worker.terminate();
		overdue.fail(evidenceError('SEALING_OVERDUE'));
		this.#dispatch();
	}

	#replace(slot: Slot, code: number): void {
		if (!this.#slots.delete(slot)) return;
		const pieces = takeAll(slot.underWay);
		if (pieces.length > 0) this.#options.logger.warn({ code, batches: pieces.length }, 'a sealing thread ended; what it had is done again');
		for (const { documents } of this.#suspects.add(pieces)) {
			const evidences = documents.map((one) => one.evidenceId);
			this.#options.logger.error({ evidences }, 'evidences were given up: sealing threads end of them');
		}
		this.#dispatch();
	}
}

/** Empties a thread's list. @returns what stood there */
function takeAll(underWay: Map<number, Job>): Piece[] {
	const jobs = [...underWay.values()];
	underWay.clear();
	for (const { timer } of jobs) clearTimeout(timer);
	return jobs.map(({ piece }) => piece);
}

function errorOf({ reason, details }: SealingFailure): DomainError {
	return evidenceError(reason in evidenceErrors ? (reason as keyof typeof evidenceErrors) : 'SEALING_FAILED', details);
}

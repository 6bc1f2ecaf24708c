import { Worker } from 'node:worker_threads';
import type { Logger } from '@fefaent/service-kit';
import { evidenceError, evidenceErrors } from '../errors.ts';
import { type Sealed, type SealingAnswer, type SealingJob, type SealingSetup, type Unsealed, unpacked } from './protocol.ts';

/** How the threads are kept. */
export interface SealingPoolOptions {
	readonly setup: SealingSetup;
	/** Threads at most; each starts when there is first work for it. */
	readonly workers: number;
	/** Batches that may wait. */
	readonly maxWaiting: number;
	readonly logger: Logger;
}

interface Pending {
	readonly job: SealingJob;
	readonly resolve: (sealed: Sealed[]) => void;
	readonly reject: (error: Error) => void;
	/** How many threads have died of it, or with it. */
	deaths: number;
}

/** One batch is worked on while the next already lies there, so that the thread never waits for this one. */
const batchesPerWorker = 2;
/** A batch that was there when this many threads died is given up: it may be the reason. */
const maxDeaths = 3;

/** Threads that seal batches. A thread that dies is replaced, and what it had under way is done again. */
export class SealingPool {
	readonly #options: SealingPoolOptions;
	readonly #workers = new Map<Worker, Map<number, Pending>>();
	readonly #waiting: Pending[] = [];
	#nextId = 1;
	#stopped = false;
	#whenIdle: (() => void)[] = [];

	constructor(options: SealingPoolOptions) {
		this.#options = options;
	}

	/** Seals a batch at an instant. @throws DomainError of `evidenceErrors` for the batch as a whole */
	seal(documents: readonly Unsealed[], at: Date): Promise<Sealed[]> {
		if (this.#stopped) return Promise.reject(evidenceError('NOT_RUNNING'));
		if (this.#waiting.length >= this.#options.maxWaiting) return Promise.reject(evidenceError('SEALING_BUSY'));
		return new Promise((resolve, reject) => {
			this.#waiting.push({ job: { id: this.#nextId++, at: at.getTime(), documents }, resolve, reject, deaths: 0 });
			this.#dispatch();
		});
	}

	/** Finishes what is under way and ends the threads. */
	async stop(): Promise<void> {
		this.#stopped = true;
		if (!this.#idle()) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
		await Promise.all([...this.#workers.keys()].map((worker) => worker.terminate()));
	}

	#idle(): boolean {
		return this.#waiting.length === 0 && [...this.#workers.values()].every((pending) => pending.size === 0);
	}

	#dispatch(): void {
		while (this.#waiting.length > 0) {
			const [worker, underWay] = this.#freest();
			const next = underWay.size < batchesPerWorker ? this.#waiting.shift() : undefined;
			if (!next) break;
			underWay.set(next.job.id, next);
			worker.postMessage(next.job);
		}
		if (this.#idle()) for (const tell of this.#whenIdle.splice(0)) tell();
	}

	/** The thread with the least to do; a new one as long as there are few and all are busy. */
	#freest(): [Worker, Map<number, Pending>] {
		const [best] = [...this.#workers].sort(([, one], [, other]) => one.size - other.size);
		if (best && (best[1].size === 0 || this.#workers.size >= this.#options.workers)) return best;
		return this.#startWorker();
	}

	#startWorker(): [Worker, Map<number, Pending>] {
		const underWay = new Map<number, Pending>();
		const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.#options.setup, name: 'evidence-sealing' });
		this.#workers.set(worker, underWay);
		worker.on('message', (answer: SealingAnswer) => this.#settle(underWay, answer));
		worker.on('error', (error: Error) => this.#options.logger.error({ error: error.name }, 'a sealing thread failed'));
		worker.on('exit', (code) => this.#replace(worker, underWay, code));
		return [worker, underWay];
	}

	#settle(underWay: Map<number, Pending>, answer: SealingAnswer): void {
		const pending = underWay.get(answer.id);
		underWay.delete(answer.id);
		if (answer.ok) pending?.resolve(unpacked(answer));
		else pending?.reject(this.#failure(answer));
		this.#dispatch();
	}

	#failure({ reason, details, cause }: SealingAnswer & { ok: false }): Error {
		this.#options.logger.error({ reason, details, cause }, 'a batch of evidences was not sealed');
		return evidenceError(reason in evidenceErrors ? (reason as keyof typeof evidenceErrors) : 'SEALING_FAILED', details);
	}

	#replace(worker: Worker, underWay: Map<number, Pending>, code: number): void {
		this.#workers.delete(worker);
		if (underWay.size > 0) this.#options.logger.warn({ code, batches: underWay.size }, 'a sealing thread died; its batches are done again');
		const again = [...underWay.values()].filter((pending) => {
			pending.deaths++;
			if (pending.deaths >= maxDeaths) pending.reject(evidenceError('SEALING_FAILED'));
			return pending.deaths < maxDeaths;
		});
		this.#waiting.unshift(...again);
		this.#dispatch();
	}
}

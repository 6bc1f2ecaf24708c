import type { Logger } from '@fefaent/service-kit';
import type { CallbackStore } from '../store/port.ts';

/** What leases are made with. */
export interface LeaseDeps {
	readonly store: Pick<CallbackStore, 'lease' | 'release'>;
	readonly ownerId: string;
	/** Length of a lease, real time in milliseconds. An attempt with the recording of its outcome lasts no longer than half of it. */
	readonly leaseMs: number;
	readonly logger: Logger;
}

/**
 * The right to send to one endpoint, which one replica has at a time. Whatever begins while the lease {@link covers} it ends before the lease does: half of
 * the lease is left then, and an attempt takes no longer. Its end is measured by the monotonic clock: the machine's date may be set back.
 */
export class EndpointLease {
	readonly #endpointId: string;
	readonly #deps: LeaseDeps;
	/** In milliseconds of `performance.now()`. */
	#until = Number.NEGATIVE_INFINITY;

	constructor(endpointId: string, deps: LeaseDeps) {
		this.#endpointId = endpointId;
		this.#deps = deps;
	}

	/** Whether an attempt may begin now. */
	get covers(): boolean {
		return this.#until - performance.now() >= this.#deps.leaseMs / 2;
	}

	/** Takes the lease, or prolongs it when it covers nothing more. @returns whether it is ours */
	async keep(): Promise<boolean> {
		if (this.covers) return true;
		const { store, ownerId, leaseMs } = this.#deps;
		const until = performance.now() + leaseMs;
		const realNow = Date.now();
		this.#until = (await store.lease(this.#endpointId, ownerId, realNow, realNow + leaseMs)) ? until : Number.NEGATIVE_INFINITY;
		return this.covers;
	}

	/** Prolongs the lease. @returns whether it was ours all the time, so that what was read under it still holds */
	async extend(): Promise<boolean> {
		const before = this.#until;
		return (await this.keep()) && performance.now() < before;
	}

	/** Gives the lease back, if it is ours. Never rejects: it ends by itself. @param leaving for another replica to go on at once */
	async release(leaving = false): Promise<void> {
		if (this.#until === Number.NEGATIVE_INFINITY) return;
		this.#until = Number.NEGATIVE_INFINITY;
		const { store, ownerId, logger } = this.#deps;
		await store.release(ownerId, this.#endpointId, leaving).catch((error: unknown) => {
			logger.warn({ endpointId: this.#endpointId, err: error }, 'an endpoint could not be released');
		});
	}
}

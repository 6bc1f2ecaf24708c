import { iunLimit } from '../domain/iun.ts';
import { notificationError } from '../errors.ts';

/** Ids from `next` up to, not including, `end`. */
interface Block {
	next: number;
	readonly end: number;
}

/**
 * Hands out ids from blocks of a durable counter, so that an insert needs no counter of its own. The next block is fetched while the present
 * one is still in use. What is left of a block when the process ends is a gap.
 */
export class IdAllocator {
	readonly #reserve: (count: number) => Promise<number>;
	readonly #size: number;
	readonly #blocks: Block[] = [];
	#left = 0;
	#fetching: Promise<void> | undefined;

	/**
	 * @param reserve takes ids from the durable counter, answers the first
	 * @param size ids in a block
	 */
	constructor(reserve: (count: number) => Promise<number>, size: number) {
		this.#reserve = reserve;
		this.#size = size;
	}

	/** `count` ids that were never handed out before. @throws `IDS_EXHAUSTED`, and what the store throws */
	async take(count: number): Promise<readonly number[]> {
		while (this.#left < count) await this.#fetch();
		const ids: number[] = [];
		for (let block = this.#blocks[0]; block && ids.length < count; block = this.#blocks[0]) {
			while (block.next < block.end && ids.length < count) ids.push(block.next++);
			if (block.next === block.end) this.#blocks.shift();
		}
		this.#left -= count;
		// Unheard failures only: whoever needs the block asks again and is told.
		if (this.#left < this.#size / 2) this.#fetch().catch(() => {});
		return ids;
	}

	/** One block at a time, shared by all who wait. */
	#fetch(): Promise<void> {
		this.#fetching ??= this.#fetchBlock().finally(() => {
			this.#fetching = undefined;
		});
		return this.#fetching;
	}

	async #fetchBlock(): Promise<void> {
		const first = await this.#reserve(this.#size);
		if (first + this.#size > iunLimit) throw notificationError('IDS_EXHAUSTED');
		this.#blocks.push({ next: first, end: first + this.#size });
		this.#left += this.#size;
	}
}

/** What the lanes order: a message on its way to a handler. */
export interface LaneEntry {
	/** Entries of one lane are handed out one at a time, in order. */
	readonly lane: string;
	/** Its place in its lane: lower goes first. */
	readonly offset: number;
	/** To be handed out in a batch of its own: it was in a batch that failed as a whole. */
	alone: boolean;
	/** It was taken away ({@link Lanes.drop}): whatever becomes of it no longer counts. */
	dropped: boolean;
}

interface Lane<E> {
	readonly name: string;
	readonly queue: E[];
	/** Index of the first entry that is not settled. */
	head: number;
	state: 'ready' | 'out' | 'waiting';
}

/**
 * Keeps messages of one key in order and lets other keys pass: of each lane only the first entry is ever handed out, and the next one only when
 * that is settled. Pure: no I/O, no time.
 */
export class Lanes<E extends LaneEntry> {
	readonly #lanes = new Map<string, Lane<E>>();
	/** Lanes whose first entry can go, those that wait longest first. */
	readonly #ready = new Set<Lane<E>>();
	#size = 0;

	/** Entries that are not settled. */
	get size(): number {
		return this.#size;
	}

	/** Entries that can be taken now. */
	get ready(): number {
		return this.#ready.size;
	}

	/**
	 * Adds an entry at the place that its offset gives it in its lane (a redriven one is older than what waits), but never before the
	 * entry that is out or postponed.
	 */
	add(entry: E): void {
		this.#size++;
		let lane = this.#lanes.get(entry.lane);
		if (!lane) {
			lane = { name: entry.lane, queue: [], head: 0, state: 'ready' };
			this.#lanes.set(entry.lane, lane);
			this.#ready.add(lane);
		}
		const floor = lane.state === 'ready' ? lane.head : lane.head + 1;
		let place = lane.queue.length;
		for (let before = lane.queue[place - 1]; place > floor && before && before.offset > entry.offset; before = lane.queue[place - 1])
			place--;
		if (place === lane.queue.length) lane.queue.push(entry);
		else lane.queue.splice(place, 0, entry);
	}

	/** Takes up to `max` entries, each of another lane, or one that must go alone. */
	take(max: number): E[] {
		const batch: E[] = [];
		for (const lane of this.#ready) {
			const entry = lane.queue[lane.head];
			if (!entry) continue;
			if (entry.alone && batch.length > 0) continue;
			this.#ready.delete(lane);
			lane.state = 'out';
			batch.push(entry);
			if (entry.alone || batch.length >= max) break;
		}
		return batch;
	}

	/** The entry handed out is done with: the next of its lane may go. */
	settle(entry: E): void {
		const lane = this.#lanes.get(entry.lane);
		if (lane?.queue[lane.head] !== entry) throw new Error('an entry was settled that is not the first of its lane');
		this.#size--;
		lane.head++;
		if (lane.head === lane.queue.length) {
			this.#lanes.delete(entry.lane);
			return;
		}
		if (lane.head > 256 && lane.head * 2 > lane.queue.length) {
			lane.queue.splice(0, lane.head);
			lane.head = 0;
		}
		this.#free(lane);
	}

	/** The entry handed out has to wait, and its lane with it. */
	postpone(entry: E): void {
		const lane = this.#lanes.get(entry.lane);
		if (lane) lane.state = 'waiting';
	}

	/** The wait of a postponed entry is over. */
	resume(entry: E): void {
		const lane = this.#lanes.get(entry.lane);
		if (lane && !entry.dropped) this.#free(lane);
	}

	/**
	 * Takes away every entry that `which` names. One that is handed out keeps its lane until it is settled, so that what is added to that lane
	 * meanwhile waits for it.
	 */
	drop(which: (entry: E) => boolean): void {
		for (const lane of [...this.#lanes.values()]) {
			const floor = lane.state === 'out' ? lane.head + 1 : lane.head;
			const out = lane.state === 'out' ? lane.queue[lane.head] : undefined;
			if (out && which(out)) out.dropped = true;
			const first = lane.queue[lane.head];
			const kept = lane.queue.slice(floor).filter((entry) => {
				entry.dropped = which(entry);
				return !entry.dropped;
			});
			this.#size -= lane.queue.length - floor - kept.length;
			lane.queue.length = floor;
			for (const entry of kept) lane.queue.push(entry);
			if (lane.head === lane.queue.length) {
				this.#ready.delete(lane);
				this.#lanes.delete(lane.name);
			} else if (lane.state === 'waiting' && first?.dropped) this.#free(lane);
		}
	}

	#free(lane: Lane<E>): void {
		lane.state = 'ready';
		this.#ready.add(lane);
	}
}

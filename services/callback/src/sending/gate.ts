/** What one holder has and wants. */
interface Party {
	holds: number;
	readonly waiting: (() => void)[];
}

/**
 * Shares places among parties so that none can keep another one out for long. Each party has some places to itself. Beyond those it may take shared
 * ones while it holds fewer of them than are free, so that whoever comes later finds some (the dynamic thresholds of shared-memory switches). Places that
 * become free go to the waiting parties by turns.
 */
export class Gate {
	readonly #own: number;
	#free: number;
	readonly #parties = new Map<string, Party>();
	/** Those that wait: whose turn it is comes first. After each change none of them may enter. */
	readonly #queue = new Set<Party>();

	/**
	 * @param shared how many places there are for all
	 * @param own how many places each party has besides
	 */
	constructor(shared: number, own: number) {
		this.#free = shared;
		this.#own = own;
	}

	/** Waits for a place. @returns how to leave it; more than once does no harm */
	async enter(name: string): Promise<() => void> {
		const party = this.#parties.get(name) ?? { holds: 0, waiting: [] };
		this.#parties.set(name, party);
		if (this.#mayEnter(party)) this.#take(party);
		else {
			this.#queue.add(party);
			await new Promise<void>((resolve) => party.waiting.push(resolve));
		}
		let left = false;
		return () => {
			if (left) return;
			left = true;
			this.#leave(name, party);
		};
	}

	#mayEnter({ holds }: Party): boolean {
		return holds < this.#own || holds - this.#own < this.#free;
	}

	#take(party: Party): void {
		if (party.holds >= this.#own) this.#free--;
		party.holds++;
	}

	#leave(name: string, party: Party): void {
		party.holds--;
		if (party.holds >= this.#own) this.#free++;
		for (let next = this.#next(); next !== undefined; next = this.#next()) {
			this.#queue.delete(next);
			// The place is taken here, so that nobody can slip in between.
			this.#take(next);
			next.waiting.shift()?.();
			if (next.waiting.length > 0) this.#queue.add(next);
		}
		if (party.holds === 0 && party.waiting.length === 0) this.#parties.delete(name);
	}

	#next(): Party | undefined {
		for (const party of this.#queue) if (this.#mayEnter(party)) return party;
		return undefined;
	}
}

/** Longest time that a timer of Node takes: beyond it, one rings at once. */
const longestMs = 2 ** 31 - 1;

/**
 * One wake-up call in real time: the earliest that was asked for. It says that it may be time to look, no more: a call farther away than 24
 * days comes early.
 */
export class Alarm {
	readonly #ring: () => void;
	#timer: NodeJS.Timeout | undefined;
	#at = Number.POSITIVE_INFINITY;

	constructor(ring: () => void) {
		this.#ring = ring;
	}

	/** Asks to be woken in `ms` milliseconds; an earlier call that is pending stays. */
	set(ms: number): void {
		// A timer may be a millisecond early by the clock, and what was due then would not be yet.
		const wait = Math.min(longestMs, Math.max(0, ms) + 1);
		const at = performance.now() + wait;
		if (this.#at <= at) return;
		this.clear();
		this.#at = at;
		this.#timer = setTimeout(() => {
			this.#at = Number.POSITIVE_INFINITY;
			this.#ring();
		}, wait);
	}

	/** Forgets the call. */
	clear(): void {
		clearTimeout(this.#timer);
		this.#at = Number.POSITIVE_INFINITY;
	}
}

/** Longest time that a timer of Node takes. */
const longestMs = 2 ** 31 - 1;

/** One wake-up call in real time: the earliest that was asked for. */
export class Alarm {
	readonly #ring: () => void;
	#timer: NodeJS.Timeout | undefined;
	#at = Number.POSITIVE_INFINITY;

	constructor(ring: () => void) {
		this.#ring = ring;
	}

	/** Asks to be woken in `ms` milliseconds; an earlier call that is pending stays. */
	set(ms: number): void {
		const at = Date.now() + ms;
		if (this.#timer !== undefined && this.#at <= at) return;
		this.clear();
		this.#at = at;
		this.#timer = setTimeout(
			() => {
				this.#timer = undefined;
				this.#ring();
			},
			Math.min(longestMs, Math.max(1, ms)),
		);
	}

	/** Forgets the call. */
	clear(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}
}

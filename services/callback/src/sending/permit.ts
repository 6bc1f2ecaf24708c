/**
 * The right of what was planned to leave: it stands for the endpoint as it was read. Once something about the endpoint has changed it ends, for good, and
 * with it all that was planned under it and has not begun; what is planned then has a permit of its own.
 */
export class Permit {
	#ended = false;
	#generation: number | undefined;

	get ended(): boolean {
		return this.#ended;
	}

	/** Ends it: from now on nothing begins under it. */
	end(): void {
		this.#ended = true;
	}

	/** Whether it stands for this generation of the endpoint: the first one that it is asked about. One that stands for another ends. */
	standsFor(generation: number): boolean {
		this.#generation ??= generation;
		if (this.#generation !== generation) this.#ended = true;
		return !this.#ended;
	}
}

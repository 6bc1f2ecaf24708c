/**
 * Where time comes from. Product code never asks the machine for the date: a sandbox moves time, and tests hold it still.
 * Durations that guard the outside world (time-outs, leases, back-off between attempts) are real time and do not use it.
 */
export interface Clock {
	/** The instant it is now, in the environment's own time. */
	now(): Date;
	/** Tells `listener` when time was moved (not when it merely passes). Returns a function that stops it. */
	onMoved(listener: () => void): () => void;
}

/** The machine's own time. */
export const systemClock: Clock = {
	now: () => new Date(),
	onMoved: () => () => {},
};

/** A clock that runs with the machine's, shifted by an offset that can only grow: time never goes back. */
export class SandboxClock implements Clock {
	#offsetMs: number;
	readonly #listeners = new Set<() => void>();

	/** @param offsetMs how far ahead of the machine it starts, in milliseconds; kept by the caller across restarts */
	constructor(offsetMs = 0) {
		this.#offsetMs = checkedAhead(offsetMs);
	}

	now(): Date {
		return new Date(Date.now() + this.#offsetMs);
	}

	/** How far ahead of the machine's time, in milliseconds. */
	get offsetMs(): number {
		return this.#offsetMs;
	}

	/** Moves time ahead by `ms` milliseconds. @throws RangeError when negative or not finite */
	advance(ms: number): void {
		this.#offsetMs += checkedAhead(ms);
		for (const listener of this.#listeners) listener();
	}

	onMoved(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

/** A clock that stands still until it is told otherwise: for tests of pure rules. */
export class ManualClock implements Clock {
	#now: number;
	readonly #listeners = new Set<() => void>();

	constructor(start: Date | string = '2026-01-01T09:00:00Z') {
		this.#now = new Date(start).getTime();
	}

	now(): Date {
		return new Date(this.#now);
	}

	/** Moves time ahead by `ms` milliseconds. */
	advance(ms: number): void {
		this.#now += checkedAhead(ms);
		for (const listener of this.#listeners) listener();
	}

	onMoved(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

function checkedAhead(ms: number): number {
	if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`time moves ahead only: ${ms} ms`);
	return ms;
}

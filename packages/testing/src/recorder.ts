interface Waiter<T> {
	readonly satisfied: () => boolean;
	readonly finish: () => void;
	readonly subject: (item: T) => void;
}

/** Milliseconds that a wait lasts when the test does not say. */
export const defaultWaitMs = 5_000;

/** What a fake outside party received, in order, with ways to wait for more. */
export class Recorder<T> {
	/** Everything received so far, oldest first. */
	readonly items: T[] = [];
	readonly #what: string;
	readonly #waiters = new Set<Waiter<T>>();
	readonly #listeners = new Set<(item: T) => void>();

	/** @param what names the items in the error of a wait that failed, in plural: `messages` */
	constructor(what: string) {
		this.#what = what;
	}

	/** Records one and tells whoever waits. */
	add(item: T): void {
		this.items.push(item);
		for (const listener of this.#listeners) listener(item);
		for (const waiter of [...this.#waiters]) {
			waiter.subject(item);
			if (waiter.satisfied()) waiter.finish();
		}
	}

	/** Calls `listener` with each one received from now on. Returns a function that stops it. */
	on(listener: (item: T) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/**
	 * Waits until so many have been received in all. @returns all of them
	 * @throws Error when they have not after `timeoutMs` milliseconds (real time)
	 */
	waitFor(count: number, timeoutMs?: number): Promise<readonly T[]>;
	/** Waits for the first, received already or not, that satisfies `wanted`. @throws Error when none has after `timeoutMs` milliseconds */
	waitFor(wanted: (item: T) => boolean, timeoutMs?: number): Promise<T>;
	async waitFor(wanted: number | ((item: T) => boolean), timeoutMs = defaultWaitMs): Promise<T | readonly T[]> {
		if (typeof wanted === 'number') {
			await this.#wait(
				() => this.items.length >= wanted,
				() => {},
				timeoutMs,
				`${wanted} ${this.#what}`,
			);
			return this.items.slice();
		}
		const found: T[] = this.items.filter(wanted).slice(0, 1);
		const look = (item: T): void => {
			if (found.length === 0 && wanted(item)) found.push(item);
		};
		await this.#wait(() => found.length > 0, look, timeoutMs, `one of the ${this.#what}`);
		return found[0] as T;
	}

	#wait(satisfied: () => boolean, subject: (item: T) => void, timeoutMs: number, what: string): Promise<void> {
		if (satisfied()) return Promise.resolve();
		return new Promise((resolve, reject) => {
			const waiter: Waiter<T> = {
				satisfied,
				subject,
				finish: () => {
					clearTimeout(timer);
					this.#waiters.delete(waiter);
					resolve();
				},
			};
			const timer = setTimeout(() => {
				this.#waiters.delete(waiter);
				reject(new Error(`waited ${timeoutMs} ms for ${what}; received ${this.items.length}`));
			}, timeoutMs);
			this.#waiters.add(waiter);
		});
	}
}

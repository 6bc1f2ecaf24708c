import type { CallbackStore, WorkNews } from './port.ts';

/** Who hears of work. */
export type Listener = Parameters<CallbackStore['onWork']>[0];

/** Those who hear what a store has written; see `onWork` of the port. */
export class Listeners {
	readonly #listeners = new Set<Listener>();

	/** @returns how to end it */
	add(listener: Listener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	tell(news: WorkNews): void {
		for (const listener of this.#listeners) listener(news);
	}

	/** Tells of the earliest of these instants, if there is any. */
	tellOf(instants: readonly (Date | undefined)[]): void {
		const at = Math.min(...instants.map((one) => one?.getTime() ?? Number.POSITIVE_INFINITY));
		if (Number.isFinite(at)) this.tell({ what: 'instant', at: new Date(at) });
	}
}

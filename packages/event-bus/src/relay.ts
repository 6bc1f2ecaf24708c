import { BackgroundTurns, type BackoffPolicy, backoffMs, crashpoint } from '@fefaent/kernel';
import type { OutboxEvent } from '@fefaent/store-kit';
import type { EventBus } from './port.ts';

/** Where a relay takes events from: the outbox of one store. */
export interface OutboxSource {
	/**
	 * The first events that wait, in order, about `limit` of them; the same ones again until they are done. Several processes may take from one
	 * outbox: none gets what another one may be publishing.
	 */
	take(limit: number): Promise<readonly OutboxEvent[]>;
	/** Forgets published events. @param rows as they were taken */
	done(rows: readonly OutboxEvent[]): Promise<void>;
	/** Calls `listener` when events were committed. Returns a function that stops it. */
	onCommitted(listener: () => void): () => void;
}

/** How a relay runs. */
export interface OutboxRelayOptions {
	/** Names its crash points: `outbox.<name>.before-publish`, `outbox.<name>.published`, `outbox.<name>.done`. */
	readonly name: string;
	readonly source: OutboxSource;
	readonly bus: Pick<EventBus, 'publish'>;
	/** Most events published at once. Default 250: longer ones hold up the event loop. */
	readonly batch?: number;
	/** How often it looks without being woken, in milliseconds: a commit may come from elsewhere. Default 1,000. */
	readonly pollMs?: number;
	/** Waits while the bus or the store fails; it never gives up. Default: 0.1 s to 10 s, doubling. */
	readonly retry?: BackoffPolicy;
	/** Told of every failure. Default: a process warning. */
	readonly onError?: (error: unknown, where: string) => void;
}

const defaultRetry: BackoffPolicy = { firstMs: 100, factor: 2, maxMs: 10_000, jitter: 0.2 };

/**
 * Publishes what an outbox holds, in its order, one batch after the other, so that the order per key is kept. A crash between publishing and
 * forgetting publishes again, under the same ids: consumers recognise them.
 */
export class OutboxRelay {
	readonly #options: Required<OutboxRelayOptions>;
	readonly #turns = new BackgroundTurns();
	#state: 'new' | 'running' | 'stopping' = 'new';
	#woken = false;
	#wake: (() => void) | undefined;
	#unwatch: (() => void) | undefined;
	#loop: Promise<void> | undefined;

	constructor(options: OutboxRelayOptions) {
		this.#options = {
			batch: 250,
			pollMs: 1000,
			retry: defaultRetry,
			onError: (error, where) => process.emitWarning(`${where}: ${String(error)}`),
			...options,
		};
	}

	/** Starts with whatever an earlier process left behind. */
	start(): void {
		if (this.#state !== 'new') return;
		this.#state = 'running';
		this.#unwatch = this.#options.source.onCommitted(() => this.#rouse());
		this.#loop = this.#run();
	}

	/**
	 * Publishes what waits (one failure ends that: the outbox keeps it for the next start), then rests. Resolved when nothing is under way.
	 */
	async stop(): Promise<void> {
		this.#state = 'stopping';
		this.#unwatch?.();
		this.#rouse();
		await this.#loop;
	}

	async #run(): Promise<void> {
		let failures = 0;
		for (;;) {
			this.#woken = false;
			// Read before the attempt: what was committed until the stop is part of the last round.
			const last = this.#state === 'stopping';
			try {
				await this.#drain();
				failures = 0;
			} catch (error) {
				failures++;
				this.#options.onError(error, `outbox ${this.#options.name}`);
			}
			if (last) return;
			if (failures > 0) await this.#rest(backoffMs(this.#options.retry, failures), false);
			else await this.#rest(this.#options.pollMs, true);
		}
	}

	/** Publishes until the outbox is empty. */
	async #drain(): Promise<void> {
		const { name, source, bus, batch } = this.#options;
		for (;;) {
			const busy = this.#turns.next();
			if (busy) await busy;
			const rows = await source.take(batch);
			if (rows.length === 0) return;
			await crashpoint(`outbox.${name}.before-publish`);
			await bus.publish(
				rows.map(({ eventId, topic, key, type, at, headers, body }) => ({ id: eventId, topic, key, type, at, headers, body })),
			);
			await crashpoint(`outbox.${name}.published`);
			await source.done(rows);
			await crashpoint(`outbox.${name}.done`);
			if (rows.length < batch && !this.#woken) return;
			this.#woken = false;
		}
	}

	#rouse(): void {
		this.#woken = true;
		this.#wake?.();
	}

	/** Waits, until woken if `wakeable`; a stop always ends it. */
	async #rest(ms: number, wakeable: boolean): Promise<void> {
		const over = () => this.#state === 'stopping' || (wakeable && this.#woken);
		if (over()) return;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.#wake = () => {
				if (!over()) return;
				clearTimeout(timer);
				resolve();
			};
		});
		this.#wake = undefined;
	}
}

import { type CheckResult, type HealthReport, scrub } from '@fefaent/service-kit';

/** How Kafka is watched. Real time, in milliseconds. */
export interface KafkaHealthOptions {
	/** Resolved when a broker answers. */
	readonly ping: () => Promise<unknown>;
	/** Between an answer, or a failure, and the next question. Default 5,000. */
	readonly everyMs?: number;
	/** Silence that is borne before it is told: a broker that starts again, a leader that moves. Default 15,000. */
	readonly patienceMs?: number;
}

/**
 * Asks Kafka now and again whether it is there, from its making until its close, and shows it in reports. It makes no process unready: without Kafka calls are
 * still answered and what they tell waits in the outbox; a balancer that took every replica out would stop just that.
 */
export class KafkaHealth {
	readonly #options: Required<KafkaHealthOptions>;
	#answeredAt = performance.now();
	#failure: string | undefined;
	#timer: NodeJS.Timeout | undefined;
	#closed = false;

	constructor(options: KafkaHealthOptions) {
		this.#options = { everyMs: 5_000, patienceMs: 15_000, ...options };
		void this.#ask();
	}

	/** A report with how Kafka does, and as ready as it was. */
	in(report: HealthReport): HealthReport {
		return { ready: report.ready, checks: [...report.checks, this.#result()] };
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	#result(): CheckResult {
		const silentMs = performance.now() - this.#answeredAt;
		if (silentMs < this.#options.patienceMs) return { name: 'kafka', ok: true };
		const why = this.#failure === undefined ? '' : ` (${this.#failure})`;
		return { name: 'kafka', ok: false, reason: `no answer for ${Math.floor(silentMs / 1000)} s: events wait${why}` };
	}

	async #ask(): Promise<void> {
		try {
			await this.#options.ping();
			this.#answeredAt = performance.now();
			this.#failure = undefined;
		} catch (error) {
			this.#failure = error instanceof Error ? scrub(error.message) : 'failed';
		}
		if (!this.#closed) this.#timer = setTimeout(() => void this.#ask(), this.#options.everyMs).unref();
	}
}

import type { CallbackForm } from '@fefaent/contracts/callback';
import type { Clock } from '@fefaent/kernel';
import type { Logger } from '@fefaent/service-kit';
import { afterAttempt, givenUp } from '../domain/delivery.ts';
import { type EndpointHealth, type EndpointRecord, wellHealth } from '../domain/endpoint.ts';
import type { FailureName } from '../domain/failures.ts';
import type { Schedule } from '../domain/schedule.ts';
import { type AttemptResult, type Judgement, judge } from '../domain/verdict.ts';
import type { CallbackStore, DueDelivery } from '../store/port.ts';
import { recordAttempt, recordExhausted } from '../telemetry.ts';
import { disableGone, giveUpUnreachable } from './giving-up.ts';

/** What outcomes are judged and recorded with. */
export interface OutcomeDeps {
	readonly store: CallbackStore;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly scheduleOf: (form: CallbackForm) => Schedule;
	/** Longest `Retry-After` that is honoured, in milliseconds. */
	readonly retryAfterMaxMs: number;
}

/** An attempt that has ended. */
export interface Attempted {
	readonly record: EndpointRecord;
	readonly item: DueDelivery;
	readonly result: AttemptResult;
	readonly startedAt: Date;
	readonly durationMs: number;
	/** {@link Outcomes.health} when it began. */
	readonly failuresAtStart: number;
}

/** What follows from an attempt, not yet written. */
export interface Outcome extends Judgement {
	readonly attempted: Attempted;
	/** When it was judged. */
	readonly now: Date;
	/** Whether the endpoint fails, or did until now: what was planned for it no longer holds then. */
	readonly faresAnew: boolean;
	/** Whether that is news, and to be written; attempts that fail together say it once. */
	readonly isNews: boolean;
}

/** Draws the consequences of the attempts at one endpoint, writes them, and knows how the endpoint fares meanwhile. */
export class Outcomes {
	readonly #deps: OutcomeDeps;
	/** How the endpoint fares, as far as known. */
	health: EndpointHealth = wellHealth;

	constructor(deps: OutcomeDeps) {
		this.#deps = deps;
	}

	/** Judges an attempt. From here on the endpoint fares as it turned out, though that is not written yet. */
	weigh(attempted: Attempted): Outcome {
		const { clock, scheduleOf, retryAfterMaxMs } = this.#deps;
		const { record, item, result } = attempted;
		const now = clock.now();
		const before = this.health;
		const judgement = judge(result, {
			...attempted,
			now,
			tries: item.tries,
			dueAt: item.dueAt,
			schedule: scheduleOf(record.endpoint.form),
			health: before,
			retryAfterMaxMs,
			random: Math.random(),
		});
		this.health = judgement.health;
		const faresAnew = judgement.health.failures > 0 || before.failures > 0;
		return { ...judgement, attempted, now, faresAnew, isNews: faresAnew && judgement.health !== before };
	}

	/** Writes what an attempt led to: for the endpoint, for the delivery, and for those that waited with it. */
	async write({ attempted, now, verdict, health, unreachable, isNews }: Outcome): Promise<void> {
		const { store } = this.#deps;
		const { record, item, result, startedAt } = attempted;
		const durationMs = Math.round(attempted.durationMs);
		const entry = { at: startedAt, durationMs, httpStatus: result.status, failure: result.failure ?? '', detail: result.detail ?? '' };
		const delivery = afterAttempt(item.delivery, entry, verdict, now);
		// First the endpoint: whoever sees the attempt sees that it waits, and a redrive comes after it.
		if (isNews) await store.setHealth(record.endpoint.id, record.generation, health);
		await store.settle([{ record: item, delivery, dueAt: verdict.kind === 'retry' ? verdict.dueAt : undefined }]);
		if (result.failure === 'ENDPOINT_GONE') await disableGone(record, this.#deps);
		if (unreachable) await this.giveUpUnreachable(record);
		this.#tell(attempted, now, verdict.kind === 'exhausted');
	}

	/** Ends a delivery that no attempt can help. */
	async giveUp({ endpoint }: EndpointRecord, item: DueDelivery, why: FailureName): Promise<void> {
		const { store, clock } = this.#deps;
		await store.settle([{ record: item, delivery: givenUp(item.delivery, why, clock.now()), dueAt: undefined }]);
		recordExhausted(endpoint.form, 1);
	}

	/** Gives up what has waited for an endpoint that used up its whole schedule. */
	async giveUpUnreachable(record: EndpointRecord): Promise<void> {
		this.health = await giveUpUnreachable(record, this.health, this.#deps);
	}

	/** Metrics and log. */
	#tell({ record, item, result, durationMs }: Attempted, now: Date, exhausted: boolean): void {
		const { id: endpointId, form } = record.endpoint;
		const { failure, status } = result;
		const { id: deliveryId, notificationId, toldAt } = item.delivery;
		recordAttempt({ form, result, durationMs, sinceChangeMs: now.getTime() - (toldAt ?? now).getTime() });
		if (exhausted) recordExhausted(form, 1);
		if (failure === undefined) return;
		const fields = { endpointId, deliveryId, notificationId, attempt: item.tries + 1, failure, status };
		if (exhausted) this.#deps.logger.error(fields, 'a callback is exhausted: it can be redriven');
		else this.#deps.logger.warn(fields, 'a callback failed; it is tried again');
	}
}

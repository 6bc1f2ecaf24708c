import type { CallbackForm } from '@fefaent/contracts/callback';
import { backoffMs, type Clock } from '@fefaent/kernel';
import { detached, type Logger, withSpan } from '@fefaent/service-kit';
import { SpanKind } from '@opentelemetry/api';
import { afterAttempt, givenUp } from '../domain/delivery.ts';
import { type EndpointHealth, type EndpointRecord, inFlightOf, isReady, wellHealth } from '../domain/endpoint.ts';
import { concernOf } from '../domain/failures.ts';
import { attemptsOf, type Schedule } from '../domain/schedule.ts';
import { type AttemptResult, judge } from '../domain/verdict.ts';
import type { CallbackStore, DueDelivery, GiveUp } from '../store/port.ts';
import { recordAttempt, spanNames, tracer } from '../telemetry.ts';
import { type AttemptDeps, attempt } from './attempt.ts';
import { type ContentSources, type Gathered, gather } from './contents.ts';
import type { Gate } from './gate.ts';

/** What workers work with. */
export interface WorkerDeps extends AttemptDeps, ContentSources {
	readonly store: CallbackStore;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly ownerId: string;
	readonly scheduleOf: (form: CallbackForm) => Schedule;
	/** Places for requests to endpoints that answer, and for those that are tried out. */
	readonly gates: { readonly well: Gate; readonly failing: Gate };
	/** Length of a lease, real time in milliseconds. */
	readonly leaseMs: number;
	/** Longest `Retry-After` that is honoured, in milliseconds. */
	readonly retryAfterMaxMs: number;
	/** Aborted when requests under way are to be given up. */
	readonly signal: AbortSignal;
}

/** Waits after failures of our own (a store, another service): real time. */
const ownBackoff = { firstMs: 200, factor: 2, maxMs: 15_000, jitter: 0.2 };

/** How many deliveries of an exhausted endpoint are given up in one write. */
const giveUpBatch = 500;

/**
 * Sends to one endpoint, and to that one only: in order, no more at once than it takes. Ends when nothing is due. Holds ids, and the content of one page.
 */
export class EndpointWorker {
	readonly #deps: WorkerDeps;
	readonly #endpointId: string;
	/** Deliveries under way, and the notifications that they are about: nothing else about those may leave. */
	readonly #inFlight = new Map<number, number>();
	#landed = Promise.withResolvers<void>();
	#health: EndpointHealth = wellHealth;
	#leaseUntil = 0;
	/** What is left of the page is no longer to be sent as it was planned. */
	#interrupted = false;
	#poked = false;
	#stopping = false;
	#endPause: (() => void) | undefined;
	/** A failure of our own while an outcome was written: the delivery is tried again under its id. */
	#broken: unknown;

	constructor(endpointId: string, deps: WorkerDeps) {
		this.#endpointId = endpointId;
		this.#deps = deps;
	}

	/** Whether it was told of more since its last look. */
	get poked(): boolean {
		return this.#poked && !this.#stopping;
	}

	/** Tells that there may be more to send. */
	poke(): void {
		this.#poked = true;
	}

	/** Has the endpoint read again before anything more is sent. */
	interrupt(): void {
		this.#poked = true;
		this.#interrupted = true;
	}

	/** Begins nothing more. */
	stop(): void {
		this.#stopping = true;
		this.#interrupted = true;
		this.#endPause?.();
	}

	/** Sends what is due. Never rejects. */
	async run(): Promise<void> {
		let failures = 0;
		while (!this.#stopping) {
			this.#poked = false;
			this.#interrupted = false;
			try {
				const more = await this.#round();
				failures = 0;
				if (!more && !this.#poked) break;
			} catch (error) {
				failures++;
				this.#deps.logger.warn(
					{ endpointId: this.#endpointId, err: error },
					'callbacks could not be prepared or settled; they are tried again',
				);
				await this.#pause(backoffMs(ownBackoff, failures));
			}
		}
		await this.#release();
	}

	/** One page. @returns whether to look for another */
	async #round(): Promise<boolean> {
		this.#throwBroken();
		const { store, clock } = this.#deps;
		const record = await this.#read();
		if (record === undefined || !isReady(record, clock.now())) {
			await this.#allLanded();
			return false;
		}
		const limit = inFlightOf(record);
		const size = Math.min(64, Math.max(8, limit * 4));
		const due = await store.due(this.#endpointId, clock.now(), size + this.#inFlight.size * 4);
		const page = await this.#heads(due, size);
		if (page.length === 0) {
			// What is due may all be behind something under way, or have been put off just now.
			const left = this.#inFlight.size > 0 || due.length > 0;
			if (this.#inFlight.size > 0) await this.#oneLanded();
			return left;
		}
		const gathered = await gather(
			page.map(({ delivery }) => delivery),
			record.endpoint,
			this.#deps,
		);
		for (const [index, item] of page.entries()) {
			while (this.#inFlight.size >= limit && !this.#interrupted) await this.#oneLanded();
			if (this.#interrupted || this.#leaseEnds()) break;
			const what = gathered[index];
			if (what !== undefined) this.#launch(record, item, what);
		}
		if (this.#interrupted) await this.#allLanded();
		else if (this.#inFlight.size >= limit) await this.#oneLanded();
		this.#throwBroken();
		return true;
	}

	/** The endpoint as it is now, once it is ours to send to. */
	async #read(): Promise<EndpointRecord | undefined> {
		const { store, ownerId, leaseMs, scheduleOf } = this.#deps;
		if (this.#leaseEnds()) {
			const realNow = Date.now();
			const until = realNow + leaseMs;
			this.#leaseUntil = (await store.lease(this.#endpointId, ownerId, realNow, until)) ? until : 0;
		}
		const [record] = await store.getEndpoints([this.#endpointId]);
		if (record === undefined) {
			// Removed; what was recorded meanwhile, or not yet given up, has nowhere to go.
			await this.#giveUp({ why: 'ENDPOINT_DELETED' });
			return undefined;
		}
		if (this.#leaseUntil === 0) return undefined;
		this.#health = record.health;
		if (record.health.failures < attemptsOf(scheduleOf(record.endpoint.form))) return record;
		// The process before ended in the middle of this.
		await this.#giveUpUnreachable(record);
		return { ...record, health: this.#health };
	}

	/** Whether the lease is to be renewed before anything more is sent. */
	#leaseEnds(): boolean {
		return this.#leaseUntil - Date.now() < this.#deps.leaseMs / 2;
	}

	/**
	 * Those of a page that may leave now: the first of each notification. What waits behind another is put off until that one is due, so that it is not
	 * met again and again, and comes right after it.
	 */
	async #heads(due: readonly DueDelivery[], size: number): Promise<readonly DueDelivery[]> {
		const busy = new Set(this.#inFlight.values());
		const free = due.filter((one) => !this.#inFlight.has(one.seq) && !busy.has(one.delivery.notificationId));
		const later = free.flatMap(({ seq, dueAt, behindUntil }) => (behindUntil && behindUntil > dueAt ? [{ seq, until: behindUntil }] : []));
		await this.#deps.store.defer(later);
		return free.filter((one) => one.behindUntil === undefined).slice(0, size);
	}

	#launch(record: EndpointRecord, item: DueDelivery, what: Gathered): void {
		this.#inFlight.set(item.seq, item.delivery.notificationId);
		const parent = item.traceparent;
		const attributes = { 'fefaent.delivery.id': item.delivery.id, 'fefaent.endpoint.id': this.#endpointId };
		detached(() =>
			withSpan(tracer, spanNames.deliver, { kind: SpanKind.CLIENT, parent, attributes }, () => this.#deliver(record, item, what)),
		)
			.catch((error: unknown) => {
				this.#interrupted = true;
				if (!this.#deps.signal.aborted) this.#broken = error;
			})
			.finally(() => {
				this.#inFlight.delete(item.seq);
				const { resolve } = this.#landed;
				this.#landed = Promise.withResolvers();
				resolve();
			});
	}

	async #deliver(record: EndpointRecord, item: DueDelivery, what: Gathered): Promise<void> {
		const { gates, clock, signal, store } = this.#deps;
		const leave = await (record.health.failures > 0 ? gates.failing : gates.well).enter(this.#endpointId);
		try {
			// It may have waited long for its place.
			if (this.#interrupted) return;
			if (!('content' in what) && concernOf(what.failure) === 'final') {
				const now = clock.now();
				await store.settle([{ record: item, delivery: givenUp(item.delivery, what.failure, now), dueAt: undefined }]);
				return;
			}
			const failuresAtStart = this.#health.failures;
			const startedAt = clock.now();
			const started = performance.now();
			const result: AttemptResult =
				'content' in what ? await attempt(record, what.content, signal, this.#deps) : { status: 0, failure: what.failure };
			leave();
			await this.#settle(record, item, result, { startedAt, durationMs: performance.now() - started, failuresAtStart });
		} finally {
			leave();
		}
	}

	async #settle(
		record: EndpointRecord,
		item: DueDelivery,
		result: AttemptResult,
		ran: { readonly startedAt: Date; readonly durationMs: number; readonly failuresAtStart: number },
	): Promise<void> {
		const { store, clock, scheduleOf, retryAfterMaxMs, logger } = this.#deps;
		const { endpoint } = record;
		const now = clock.now();
		const before = this.#health;
		const judgement = judge(result, {
			...ran,
			now,
			tries: item.tries,
			dueAt: item.dueAt,
			schedule: scheduleOf(endpoint.form),
			health: before,
			retryAfterMaxMs,
			random: Math.random(),
		});
		const { verdict, health, unreachable } = judgement;
		this.#health = health;
		if (health.failures > 0 || before.failures > 0) this.#interrupted = true;
		const durationMs = Math.round(ran.durationMs);
		const entry = { at: ran.startedAt, durationMs, httpStatus: result.status, failure: result.failure ?? '', detail: result.detail ?? '' };
		const delivery = afterAttempt(item.delivery, entry, verdict, now);
		// First the endpoint: whoever sees the attempt sees that it waits, and a redrive comes after it.
		if (health !== before && (health.failures > 0 || before.failures > 0)) await store.setHealth(endpoint.id, record.revision, health);
		await store.settle([{ record: item, delivery, dueAt: verdict.kind === 'retry' ? verdict.dueAt : undefined }]);
		if (result.failure === 'ENDPOINT_GONE') await this.#disable(record);
		if (unreachable) await this.#giveUpUnreachable(record);
		const exhausted = verdict.kind === 'exhausted';
		const delayMs = now.getTime() - (item.delivery.recordedAt ?? now).getTime();
		recordAttempt({ form: endpoint.form, failure: result.failure, durationMs, delayMs, exhausted });
		if (result.failure !== undefined) {
			const { id: deliveryId, notificationId } = item.delivery;
			const fields = {
				endpointId: endpoint.id,
				deliveryId,
				notificationId,
				attempt: item.tries + 1,
				failure: result.failure,
				status: result.status,
			};
			if (exhausted) logger.error(fields, 'a callback is exhausted: it can be redriven');
			else logger.warn(fields, 'a callback failed; it is tried again');
		}
	}

	/** Nobody is there any more (410): nothing is sent until an operator enables it again. */
	async #disable(record: EndpointRecord): Promise<void> {
		const endpoint = { ...record.endpoint, enabled: false };
		this.#interrupted = true;
		// Lost to a change by an operator meanwhile: that one counts.
		await this.#deps.store.putEndpoint({ ...record, endpoint, revision: record.revision + 1, health: wellHealth });
		this.#deps.logger.error({ endpointId: endpoint.id }, 'an endpoint is gone (410) and was disabled');
	}

	/**
	 * The endpoint was not reached in a whole schedule. What has waited for it all that time is given up too, as if it had been tried each time;
	 * for the rest the schedule begins anew.
	 */
	async #giveUpUnreachable({ endpoint, revision }: EndpointRecord): Promise<void> {
		const { store, clock, logger } = this.#deps;
		const dueUntil = this.#health.failingSince ?? clock.now();
		const count = await this.#giveUp({ why: 'ENDPOINT_UNREACHABLE', dueUntil });
		const { notBefore } = this.#health;
		this.#health = { failures: 0, failingSince: undefined, notBefore };
		await store.setHealth(endpoint.id, revision, this.#health);
		if (count > 0)
			logger.error(
				{ endpointId: endpoint.id, deliveries: count },
				'callbacks to an unreachable endpoint are exhausted: they can be redriven',
			);
	}

	/** @returns how many pending deliveries were given up */
	async #giveUp(which: Pick<GiveUp, 'why' | 'dueUntil'>): Promise<number> {
		const { store, clock } = this.#deps;
		let count = 0;
		for (let given = giveUpBatch; given === giveUpBatch; count += given) {
			given = await store.giveUp({ ...which, endpointId: this.#endpointId, now: clock.now(), limit: giveUpBatch });
		}
		return count;
	}

	#oneLanded(): Promise<void> {
		return this.#inFlight.size === 0 ? Promise.resolve() : this.#landed.promise;
	}

	async #allLanded(): Promise<void> {
		while (this.#inFlight.size > 0) await this.#landed.promise;
	}

	#throwBroken(): void {
		const error = this.#broken;
		this.#broken = undefined;
		if (error !== undefined) throw error;
	}

	async #release(): Promise<void> {
		await this.#allLanded();
		if (this.#leaseUntil === 0) return;
		this.#leaseUntil = 0;
		await this.#deps.store.release(this.#deps.ownerId, this.#endpointId).catch((error: unknown) => {
			// The lease ends by itself.
			this.#deps.logger.warn({ endpointId: this.#endpointId, err: error }, 'an endpoint could not be released');
		});
	}

	#pause(ms: number): Promise<void> {
		if (this.#stopping) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.#endPause = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}
}

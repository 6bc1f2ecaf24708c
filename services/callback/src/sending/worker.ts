import { backoffMs } from '@fefaent/kernel';
import { detached, withSpan } from '@fefaent/service-kit';
import { type EndpointRecord, inFlightOf, isReady } from '../domain/endpoint.ts';
import { concernOf } from '../domain/failures.ts';
import { planOf } from '../domain/order.ts';
import { attemptsOf } from '../domain/schedule.ts';
import type { AttemptResult } from '../domain/verdict.ts';
import type { DueDelivery } from '../store/port.ts';
import { spanNames, tracer } from '../telemetry.ts';
import { type AttemptDeps, attempt } from './attempt.ts';
import { type ContentSources, type Gathered, gather } from './contents.ts';
import { Flights } from './flights.ts';
import type { Gate } from './gate.ts';
import { giveUpPending } from './giving-up.ts';
import { EndpointLease, type LeaseDeps } from './lease.ts';
import { type OutcomeDeps, Outcomes } from './outcome.ts';
import { Permit } from './permit.ts';

/** What workers work with. */
export interface WorkerDeps extends AttemptDeps, ContentSources, LeaseDeps, OutcomeDeps {
	readonly store: OutcomeDeps['store'];
	/** Places for requests to endpoints that answer, and for those that are tried out. */
	readonly gates: { readonly well: Gate; readonly failing: Gate };
	/** Aborted when requests under way are to be given up. */
	readonly signal: AbortSignal;
}

/** Waits after failures of our own (a store, another service): real time. */
const ownBackoff = { firstMs: 200, factor: 2, maxMs: 15_000, jitter: 0.2 };

/**
 * Sends to one endpoint, and to that one only: in order, no more at once than it takes. Ends when nothing is due. Holds ids, and the content of one page.
 *
 * A round reads the endpoint and a page of what is due (`domain/order.ts` says what may leave), gathers the contents, and launches them one by one. Each
 * waits for its place at the gate, is attempted, and has its outcome written. Rounds follow each other under one permit until the endpoint changes, or how it
 * fares does: then what waits at the gate goes back to the queue, what is in the air lands, and the next round has a new one.
 */
export class EndpointWorker {
	readonly #endpointId: string;
	readonly #deps: WorkerDeps;
	readonly #lease: EndpointLease;
	readonly #outcomes: Outcomes;
	readonly #flights = new Flights();
	/** What the flights planned now begin under. */
	#permit = new Permit();
	/** Notifications of the page about which something has to be tried again: what comes after it stays, too. */
	readonly #stayed = new Set<number>();
	#poked = false;
	#stopping = false;
	#endPause: (() => void) | undefined;
	/** A failure of our own while an outcome was written: the delivery is tried again under its id. */
	#broken: unknown;

	constructor(endpointId: string, deps: WorkerDeps) {
		this.#endpointId = endpointId;
		this.#deps = deps;
		this.#lease = new EndpointLease(endpointId, deps);
		this.#outcomes = new Outcomes(deps);
	}

	/** Whether it was told of more since its last look. */
	get poked(): boolean {
		return this.#poked && !this.#stopping;
	}

	/** Tells that there may be more to send. */
	poke(): void {
		this.#poked = true;
		this.#flights.announce();
	}

	/** Has the endpoint read again before anything more is sent. */
	interrupt(): void {
		this.#permit.end();
		this.poke();
	}

	/** Begins nothing more. */
	stop(): void {
		this.#stopping = true;
		this.#permit.end();
		this.#flights.announce();
		this.#endPause?.();
	}

	/** Sends what is due. Never rejects. */
	async run(): Promise<void> {
		let failures = 0;
		while (!this.#stopping) {
			if (this.#permit.ended) {
				await this.#flights.allLanded();
				if (this.#stopping) break;
				this.#permit = new Permit();
			}
			this.#poked = false;
			this.#stayed.clear();
			try {
				const more = await this.#round(this.#permit);
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
		await this.#flights.allLanded();
		await this.#lease.release(this.#stopping);
	}

	/** One page. @returns whether to look for another */
	async #round(permit: Permit): Promise<boolean> {
		this.#throwBroken();
		const record = await this.#read(permit);
		if (record !== undefined && !permit.standsFor(record.generation)) return true;
		if (record === undefined || !isReady(record, this.#deps.clock.now())) {
			permit.end();
			await this.#flights.allLanded();
			return false;
		}
		const limit = inFlightOf(record);
		const { page, left } = await this.#page(Math.min(64, Math.max(8, limit * 4)), limit === 1);
		if (page.length === 0) {
			const waits = this.#flights.size > 0;
			if (!this.#poked) await this.#flights.changed();
			return waits || left;
		}
		const deliveries = page.map(({ delivery }) => delivery);
		const gathered = await gather(deliveries, record.endpoint, this.#deps);
		for (const [index, item] of page.entries()) {
			while (this.#flights.size >= limit && !permit.ended) await this.#flights.changed();
			if (permit.ended || !this.#lease.covers) break;
			const what = gathered[index];
			if (what !== undefined && !this.#stayed.has(item.delivery.notificationId)) this.#launch(permit, record, item, what);
		}
		while (this.#flights.size >= limit && !permit.ended) await this.#flights.changed();
		this.#throwBroken();
		return true;
	}

	/** The endpoint as it is now, once it is ours to send to. */
	async #read(permit: Permit): Promise<EndpointRecord | undefined> {
		const { store, scheduleOf } = this.#deps;
		const ours = await this.#lease.keep();
		const [record] = await store.getEndpoints([this.#endpointId]);
		if (record === undefined) {
			// Removed; what was recorded meanwhile, or not yet given up, has nowhere to go.
			await giveUpPending({ endpointId: this.#endpointId, why: 'ENDPOINT_DELETED' }, this.#deps);
			return undefined;
		}
		if (!ours) return undefined;
		// What has landed meanwhile knows better how it fares.
		if (permit.ended) return record;
		this.#outcomes.health = record.health;
		if (record.health.failures < attemptsOf(scheduleOf(record.endpoint.form))) return record;
		// The process before ended in the middle of this.
		await this.#outcomes.giveUpUnreachable(record);
		return { ...record, health: this.#outcomes.health };
	}

	/** What may leave now. Nothing may, though something is `left`, while all that is due stands behind something else, or was put off just now. */
	async #page(size: number, oneByOne: boolean): Promise<{ readonly page: readonly DueDelivery[]; readonly left: boolean }> {
		const { store, clock } = this.#deps;
		const due = await store.due(this.#endpointId, clock.now(), size + this.#flights.size * 4);
		const { leaving, later } = planOf(due, this.#flights.underWay, size, oneByOne);
		await store.defer(later);
		return { page: leaving, left: due.length > 0 };
	}

	#launch(permit: Permit, record: EndpointRecord, item: DueDelivery, what: Gathered): void {
		const parent = item.traceparent;
		const { id, notificationId } = item.delivery;
		const attributes = {
			'fefaent.notification.id': notificationId,
			'fefaent.delivery.id': id,
			'fefaent.endpoint.id': this.#endpointId,
			'fefaent.attempt': item.tries + 1,
		};
		this.#flights.launch(id, notificationId, () =>
			detached(() => withSpan(tracer, spanNames.deliver, { parent, attributes }, () => this.#deliver(permit, record, item, what))).catch(
				(error: unknown) => {
					permit.end();
					if (!this.#deps.signal.aborted) this.#broken = error;
				},
			),
		);
	}

	async #deliver(permit: Permit, record: EndpointRecord, item: DueDelivery, what: Gathered): Promise<void> {
		const { gates, clock, signal } = this.#deps;
		const leave = await (record.health.failures > 0 ? gates.failing : gates.well).enter(this.#endpointId);
		try {
			if (!(await this.#mayBegin(permit))) return;
			if (!('content' in what) && concernOf(what.failure) === 'final') {
				await this.#outcomes.giveUp(record, item, what.failure);
				return;
			}
			const { failures: failuresAtStart } = this.#outcomes.health;
			const startedAt = clock.now();
			const started = performance.now();
			const result: AttemptResult =
				'content' in what ? await attempt(record, what.content, signal, this.#deps) : { status: 0, failure: what.failure };
			leave();
			const durationMs = performance.now() - started;
			const outcome = this.#outcomes.weigh({ record, item, result, startedAt, durationMs, failuresAtStart });
			// Before anything is written: nothing more leaves by a plan that no longer holds.
			if (outcome.faresAnew || result.failure === 'ENDPOINT_GONE') permit.end();
			if (outcome.verdict.kind === 'retry') this.#stayed.add(item.delivery.notificationId);
			await this.#outcomes.write(outcome);
		} finally {
			leave();
		}
	}

	/** Whether what waited for its place, maybe long, may still leave as it was planned. */
	async #mayBegin(permit: Permit): Promise<boolean> {
		if (permit.ended) return false;
		// Where the lease lapsed meanwhile, another replica may have sent it.
		if (!this.#lease.covers && !(await this.#lease.extend())) permit.end();
		return !permit.ended;
	}

	#throwBroken(): void {
		const error = this.#broken;
		this.#broken = undefined;
		if (error !== undefined) throw error;
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

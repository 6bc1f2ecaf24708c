import { setTimeout as delay } from 'node:timers/promises';
import { type Channel, NoticeState } from '@fefaent/contracts/notifier';
import { Batcher, backoffMs, type Clock } from '@fefaent/kernel';
import { detached, type Job, type Logger, startJob, withSpan } from '@fefaent/service-kit';
import { SpanKind } from '@opentelemetry/api';
import { type AttemptOutcomes, afterAttempt, pendingAddresses, type RetryRule } from '../domain/notice.ts';
import { failed } from '../domain/outcome.ts';
import type { Attempt } from '../operations/attempt.ts';
import type { ClaimedNotice, NoticeStore, Settlement } from '../store/port.ts';
import { recordAttempt, spanNames, tracer } from '../telemetry.ts';

/** What sending by one channel works with. */
export interface SendingDeps {
	readonly channel: Channel;
	/** Names the provider in logs and metrics. */
	readonly provider: string;
	readonly attempt: Attempt;
	/** Most notices under way at once. */
	readonly concurrency: number;
	readonly store: NoticeStore;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly ownerId: string;
	/** Length of a lease, real time in milliseconds. */
	readonly leaseMs: number;
	readonly rule: RetryRule;
}

/** Sending under way. */
export interface Sending {
	/** Resolves when no notice that is due is free, and none is under way. */
	settled(): Promise<void>;
	/** Takes no more, and ends after those under way. */
	stop(): Promise<void>;
}

/** Longest time between two looks, real time in milliseconds: for notices that other processes recorded. */
const everyMs = 15_000;

/** Waits between tries to write what became of notices; after the last the lease runs out and they are sent again. */
const settleBackoff = { firstMs: 100, factor: 4, maxMs: 5_000, jitter: 0.2 };
const settleTries = 5;

/** Sends the notices of one channel as they become due: woken by new ones, by a moved clock, and by an alarm set on the next one. */
export function startSending(deps: SendingDeps): Sending {
	return new ChannelSending(deps);
}

class ChannelSending implements Sending {
	readonly #deps: SendingDeps;
	readonly #job: Job;
	readonly #underWay = new Set<Promise<void>>();
	/** What becomes of notices that end together is written together. */
	readonly #settling: Batcher<Settlement, undefined>;
	#alarm: NodeJS.Timeout | undefined;
	#stopped = false;

	constructor(deps: SendingDeps) {
		this.#deps = deps;
		this.#settling = new Batcher(async (settlements) => {
			await this.#settle(settlements);
			return settlements.map(() => undefined);
		});
		this.#job = startJob({
			name: `notifier.sending.${deps.channel}`,
			everyMs,
			wake: (listener) => {
				const ends = [deps.store.onScheduled(listener), deps.clock.onMoved(listener)];
				return () => {
					for (const end of ends) end();
				};
			},
			run: () => this.#round(),
			onError: (error) => deps.logger.error({ err: error, channel: deps.channel }, 'notices could not be taken; it is tried again'),
		});
	}

	async settled(): Promise<void> {
		do {
			await Promise.all(this.#underWay);
			await this.#job.settled();
		} while (this.#underWay.size > 0 && !this.#stopped);
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		await this.#job.stop();
		clearTimeout(this.#alarm);
		await Promise.all(this.#underWay);
	}

	/** Takes as many as there is room for, once half of it is free: fewer, larger leases. */
	async #round(): Promise<'again' | 'idle'> {
		const { store, channel, clock, ownerId, leaseMs, concurrency } = this.#deps;
		if (this.#underWay.size > concurrency / 2) return 'idle';
		const limit = concurrency - this.#underWay.size;
		const realNow = Date.now();
		const claimed = await store.claimDue({
			channel,
			now: clock.now(),
			realNow,
			owner: ownerId,
			leaseUntil: realNow + leaseMs,
			limit,
		});
		for (const one of claimed) this.#start(one);
		if (claimed.length === limit) return 'again';
		await this.#setAlarm();
		return 'idle';
	}

	async #setAlarm(): Promise<void> {
		const { store, channel, clock } = this.#deps;
		const wait = await store.untilNext(channel, clock.now(), Date.now());
		clearTimeout(this.#alarm);
		if (wait === undefined || wait >= everyMs || this.#stopped) return;
		this.#alarm = setTimeout(() => this.#job.wake(), wait + 1);
	}

	#start(claimed: ClaimedNotice): void {
		const sending = detached(() => this.#send(claimed)).finally(() => {
			this.#underWay.delete(sending);
			if (!this.#stopped) this.#job.wake();
		});
		this.#underWay.add(sending);
	}

	/** Never rejects. */
	async #send(claimed: ClaimedNotice): Promise<void> {
		const { channel, provider, logger, attempt, clock, rule } = this.#deps;
		const { record } = claimed;
		const { traceparent } = record.document;
		const attributes = { 'fefaent.notice.id': record.id, 'fefaent.notice.channel': channel };
		const outcomes = await withSpan(
			tracer,
			spanNames.send,
			{ kind: SpanKind.CLIENT, attributes, parent: traceparent === '' ? undefined : traceparent },
			() => attempt(record),
		).catch((error: unknown): AttemptOutcomes => {
			logger.error({ err: error, noticeId: record.id, notificationId: record.notificationId, provider }, 'an attempt failed unexpectedly');
			return new Map(pendingAddresses(record).map(({ index }) => [index, failed('UNKNOWN')]));
		});
		const now = clock.now();
		let after = record;
		const next: Settlement['next'] = (current) => {
			after = afterAttempt(current, outcomes, now, rule);
			return after;
		};
		try {
			await this.#settling.add({ claimed, next });
		} catch (error) {
			logger.error({ err: error, noticeId: record.id, channel }, 'what became of a notice could not be written; it will be sent again');
			return;
		}
		recordAttempt(after, provider);
		this.#log(after);
	}

	#log(after: ClaimedNotice['record']): void {
		const { channel, provider, logger } = this.#deps;
		const { id, notificationId, attempts, state, document, dueAt } = after;
		if (document.failure === '') return;
		const fields = { noticeId: id, notificationId, channel, provider, attempts, failure: document.failure };
		if (state === NoticeState.PENDING) logger.info({ ...fields, nextAttemptAt: dueAt }, 'a notice failed; it is tried again');
		else logger.warn({ ...fields, state }, state === NoticeState.FAILED ? 'a notice is given up' : 'a notice did not reach every address');
	}

	async #settle(settlements: readonly Settlement[]): Promise<void> {
		for (let tries = 1; ; tries++) {
			try {
				await this.#deps.store.settle(settlements);
				return;
			} catch (error) {
				if (tries === settleTries) throw error;
				await delay(backoffMs(settleBackoff, tries));
			}
		}
	}
}

import { setTimeout as delay } from 'node:timers/promises';
import { type Channel, NoticeState } from '@fefaent/contracts/notifier';
import { Batcher, backoffMs, type Clock } from '@fefaent/kernel';
import { type Logger, withSpan } from '@fefaent/service-kit';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { withDeadline } from '../deadline.ts';
import { type AttemptOutcomes, afterAttempt, type NoticeRecord, pendingAddresses, type RetryRule } from '../domain/notice.ts';
import { failed } from '../domain/outcome.ts';
import type { Attempt } from '../operations/attempt.ts';
import type { ClaimedNotice, NoticeStore, Settlement } from '../store/port.ts';
import { attributesOf, recordAttempt, spanNames, tracer } from '../telemetry.ts';

/** What a try of a notice works with. */
export interface TryDeps {
	readonly channel: Channel;
	/** Names the provider in logs and metrics. */
	readonly provider: string;
	readonly attempt: Attempt;
	readonly store: Pick<NoticeStore, 'settle'>;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Length of a lease, real time in milliseconds. */
	readonly leaseMs: number;
	/** Longest attempt, from when its notice was leased; real time in milliseconds, shorter than the lease so that what became of it can be written. */
	readonly attemptMs: number;
	readonly rule: RetryRule;
}

/** Waits between tries to write what became of notices; after the last the lease runs out and they are sent again. */
const settleBackoff = { firstMs: 100, factor: 4, maxMs: 5_000, jitter: 0.2 };
const settleTries = 5;

/** Tries notices, and writes what became of them: of those that end together, together. */
export class NoticeTries {
	readonly #deps: TryDeps;
	readonly #settling: Batcher<Settlement, undefined>;

	constructor(deps: TryDeps) {
		this.#deps = deps;
		this.#settling = new Batcher(async (settlements) => {
			await this.#settle(settlements);
			return settlements.map(() => undefined);
		});
	}

	/** Tries a notice that this process holds the lease of. Never rejects. */
	async run(claimed: ClaimedNotice): Promise<void> {
		const { channel, provider, logger, attempt, clock, rule } = this.#deps;
		const { record } = claimed;
		const { traceparent } = record.document;
		const attributes = {
			...attributesOf(record),
			'fefaent.notification.id': record.notificationId,
			'fefaent.notice.id': record.id,
			'fefaent.provider': provider,
			'fefaent.attempt': record.attempts,
		};
		const outcomes = await withSpan(
			tracer,
			spanNames.send,
			{ kind: SpanKind.CLIENT, attributes, parent: traceparent === '' ? undefined : traceparent },
			async (span) => {
				const tried = await withDeadline(this.#timeLeft(claimed), (deadline) => attempt(record, deadline));
				const failed = [...tried.values()].find((one) => one.kind === 'failed');
				if (failed) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', failed.failure);
				return tried;
			},
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
		if (outcomes.size > 0 && [...outcomes.values()].every(({ kind }) => kind === 'postponed')) {
			logger.info({ noticeId: record.id, channel, provider }, 'the time was over before a notice had its turn; it is put back');
			return;
		}
		recordAttempt(after, provider);
		this.#log(after);
	}

	/** An attempt ends before its lease does, however long the lease took to be written: else the notice would be sent twice. */
	#timeLeft({ leaseUntil }: ClaimedNotice): number {
		const { leaseMs, attemptMs } = this.#deps;
		return leaseUntil - leaseMs + attemptMs - Date.now();
	}

	#log(after: NoticeRecord): void {
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

import type { SpanName } from '@fefaent/contracts/telemetry';
import type { Clock } from '@fefaent/kernel';
import { ageOf, counter, histogram, type Logger, showGauges } from '@fefaent/service-kit';
import { trace } from '@opentelemetry/api';
import type { NoticeRecord } from './domain/notice.ts';
import type { NoticeStore } from './store/port.ts';

const scope = 'fefaent.notifier';

/** Names of the service's spans. */
export const spanNames = { send: 'send notice' } as const satisfies Readonly<Record<string, SpanName>>;

/** The service's tracer. */
export const tracer = trace.getTracer(scope);

const attempts = counter(scope, 'fefaent.notifier.attempts');
const duration = histogram(scope, 'fefaent.notifier.notice.duration');

/** What a notice is told by. */
export function attributesOf({ channel }: Pick<NoticeRecord, 'channel'>) {
	return { 'fefaent.channel': channel.replace('CHANNEL_', '') };
}

/** Counts an attempt, when telemetry is on. @param after the notice after it */
export function recordAttempt(after: NoticeRecord, provider: string): void {
	const { kind, recordedAt, settledAt } = after;
	const { failure, toldAt = recordedAt } = after.document;
	const state = after.state.replace('NOTICE_STATE_', '');
	const channel = attributesOf(after);
	attempts(1, { ...channel, 'fefaent.provider': provider, 'fefaent.state': state, ...(failure !== '' && { 'error.type': failure }) });
	if (state !== 'SENT' || !settledAt) return;
	duration((settledAt.getTime() - toldAt.getTime()) / 1000, { ...channel, 'fefaent.notice.kind': kind.replace('NOTICE_KIND_', '') });
}

/** Shows what waits, when telemetry is on. Returns a function that ends it. */
export function showWaiting(store: Pick<NoticeStore, 'oldestPending'>, clock: Clock, logger: Logger): () => void {
	return showGauges(
		scope,
		{ 'fefaent.notifier.notice.oldest.age': async () => ageOf(await store.oldestPending(), clock.now()) },
		(error, gauge) => logger.warn({ err: error, gauge }, 'a gauge could not be read'),
	);
}

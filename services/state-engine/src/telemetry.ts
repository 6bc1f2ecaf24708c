import type { SpanName } from '@fefaent/contracts/telemetry';
import type { Clock } from '@fefaent/kernel';
import { ageOf, counter, histogram, type Logger, showGauges } from '@fefaent/service-kit';
import { trace } from '@opentelemetry/api';
import type { StateEngineStore } from './store/port.ts';

const scope = 'fefaent.state-engine';

/** Names of the service's spans. */
export const spanNames = {
	transition: 'transition notifications',
	fire: 'fire timer',
	fireTogether: 'fire timers',
	sweep: 'sweep claims',
} as const satisfies Readonly<Record<string, SpanName>>;

/** The service's tracer. */
export const tracer = trace.getTracer(scope);

const decided = counter(scope, 'fefaent.state_engine.decisions');
const fired = counter(scope, 'fefaent.state_engine.timers');
const lateness = histogram(scope, 'fefaent.state_engine.timer.lateness');
const swept = counter(scope, 'fefaent.state_engine.swept');

/** Counts outcomes of decisions, when telemetry is on. */
export function recordDecisions(
	decisions: readonly { readonly transition: string }[],
	outcomes: readonly { readonly kind: string }[],
): void {
	decisions.forEach(({ transition }, index) => {
		decided(1, { 'fefaent.transition': transition.replace('TRANSITION_', ''), 'fefaent.outcome': outcomes[index]?.kind ?? '' });
	});
}

/** Counts fired timers and how late they were, when telemetry is on. @param firedAt in the environment's time */
export function recordTimers(
	results: readonly { readonly kind: string; readonly timer: { readonly kind: string; readonly dueAt: Date; readonly attempts: number } }[],
	firedAt: Date,
): void {
	for (const { kind, timer } of results) {
		fired(1, { 'fefaent.timer': timer.kind, 'fefaent.outcome': kind });
		if (timer.attempts === 0) lateness((firedAt.getTime() - timer.dueAt.getTime()) / 1000, { 'fefaent.timer': timer.kind });
	}
}

/** Counts claims that a sweep finished, when telemetry is on. */
export function recordSwept(count: number): void {
	if (count > 0) swept(count);
}

/** Shows what waits, when telemetry is on. Returns a function that ends it. */
export function showWaiting(store: Pick<StateEngineStore, 'oldestDue'>, clock: Clock, logger: Logger): () => void {
	return showGauges(
		scope,
		{
			'fefaent.state_engine.timer.overdue.age': async () => {
				const now = clock.now();
				return ageOf(await store.oldestDue(now), now);
			},
		},
		(error, gauge) => logger.warn({ err: error, gauge }, 'a gauge could not be read'),
	);
}

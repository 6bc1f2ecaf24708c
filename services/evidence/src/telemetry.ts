import type { SpanName } from '@fefaent/contracts/telemetry';
import { counter, errorType, histogram, type Logger, showGauges, tracing, withSpan } from '@fefaent/service-kit';
import { trace } from '@opentelemetry/api';
import type { SealingOutcome } from './sealing/batch.ts';

const scope = 'fefaent.evidence';
const sealed = counter(scope, 'fefaent.evidence.sealed');
const sealingTime = histogram(scope, 'fefaent.evidence.sealing.duration');
const queueTime = histogram(scope, 'fefaent.evidence.queue.duration');

/** Names of the service's spans. */
const spanNames = { seal: 'seal evidences' } as const satisfies Readonly<Record<string, SpanName>>;

/** What is to be sealed, as far as telemetry goes. */
export interface SealingRequest {
	readonly traceparent: string | undefined;
	/** When it was asked for: `performance.now()`. */
	readonly askedAt: number;
}

/**
 * Runs the sealing of a batch in a span and measures it, when telemetry is on. A batch of one trace is a part of that trace, a mixed one is linked to
 * all of them.
 * @param run is given what to call when a thread begins with it
 */
export async function measureSealing(
	requests: readonly SealingRequest[],
	run: (begun: () => void) => Promise<SealingOutcome[]>,
): Promise<SealingOutcome[]> {
	if (!tracing()) return run(() => {});
	const started = performance.now();
	const traces = [...new Set(requests.map(({ traceparent }) => traceparent))];
	const place = traces.length === 1 ? { parent: traces[0] } : { links: traces };
	const attributes = { 'fefaent.batch.size': requests.length };
	const seconds = () => (performance.now() - started) / 1000;
	return withSpan(trace.getTracer(scope), spanNames.seal, { attributes, ...place }, async (span) => {
		const begun = () => {
			const now = performance.now();
			for (const { askedAt } of requests) queueTime((now - askedAt) / 1000);
			span.setAttribute('fefaent.evidence.queue.duration', seconds());
		};
		try {
			const outcomes = await run(begun);
			sealed(outcomes.filter((one) => 'xml' in one).length);
			sealingTime(seconds());
			return outcomes;
		} catch (error) {
			sealingTime(seconds(), { 'error.type': errorType(error) });
			throw error;
		}
	});
}

/** Shows how many evidences wait, when telemetry is on. Returns a function that ends it. */
export function showQueue(depth: () => number, logger: Logger): () => void {
	return showGauges(scope, { 'fefaent.evidence.queue.depth': () => [{ value: depth() }] }, (error, gauge) =>
		logger.warn({ err: error, gauge }, 'a gauge could not be read'),
	);
}

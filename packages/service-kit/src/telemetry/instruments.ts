import { type MetricEntry, type MetricOf, metrics as registry } from '@fefaent/contracts/telemetry';
import { type Attributes, metrics } from '@opentelemetry/api';
import { perTelemetry, tracing } from './state.ts';

/** Counts, when telemetry is on. */
export type Count = (value: number, attributes?: Attributes) => void;

/** Takes note of a value in the metric's unit, when telemetry is on. */
export type Measure = (value: number, attributes?: Attributes) => void;

/** What a gauge shows: values, each with its attributes. None: it shows nothing this time. */
export type Reading = readonly { readonly value: number; readonly attributes?: Attributes }[];

/** A counter of the registry. @param scope name of its meter */
export function counter(scope: string, name: MetricOf<'counter'>): Count {
	const made = perTelemetry(() => metrics.getMeter(scope).createCounter(name, optionsOf(name)));
	return (value, attributes) => {
		if (tracing()) made().add(value, attributes);
	};
}

/** A histogram of the registry, with its buckets. @param scope name of its meter */
export function histogram(scope: string, name: MetricOf<'histogram'>): Measure {
	const boundaries = (registry[name] as MetricEntry).buckets ?? [];
	const made = perTelemetry(() =>
		metrics.getMeter(scope).createHistogram(name, { ...optionsOf(name), advice: { explicitBucketBoundaries: [...boundaries] } }),
	);
	return (value, attributes) => {
		if (tracing()) made().record(value, attributes);
	};
}

/** Longest that a gauge is read, in milliseconds: one that cannot be read keeps the others from being told no longer. */
const readingMs = 5_000;

/**
 * Shows gauges of the registry, each read anew whenever metrics are exported; nothing while telemetry is off. What fails, or takes too long, shows
 * nothing this time and is told to `onError`.
 * @param scope name of their meter
 * @param readings what is read has to be cheap: bounded, and by an index
 * @returns how to end it
 */
export function showGauges(
	scope: string,
	readings: Readonly<Partial<Record<MetricOf<'gauge'>, () => Reading | Promise<Reading>>>>,
	onError: (error: unknown, name: string) => void,
): () => void {
	if (!tracing()) return () => {};
	const meter = metrics.getMeter(scope);
	const ends = Object.entries(readings).map(([name, read]) => {
		const gauge = meter.createObservableGauge(name, optionsOf(name as MetricOf<'gauge'>));
		const observe = async (result: { observe(value: number, attributes?: Attributes): void }) => {
			try {
				for (const { value, attributes } of await inTime(read())) result.observe(value, attributes);
			} catch (error) {
				onError(error, name);
			}
		};
		gauge.addCallback(observe);
		return () => gauge.removeCallback(observe);
	});
	return () => {
		for (const end of ends) end();
	};
}

/** Seconds since an instant, never less than none: what waits since then. Nothing waits: 0. */
export function ageOf(since: Date | undefined, now: Date): Reading {
	return [{ value: since === undefined ? 0 : Math.max(0, (now.getTime() - since.getTime()) / 1000) }];
}

function optionsOf(name: keyof typeof registry) {
	const { unit, meaning } = registry[name];
	return { unit, description: meaning };
}

async function inTime<T>(reading: T | Promise<T>): Promise<T> {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new Error(`not read within ${readingMs} ms`)), readingMs);
	try {
		return await Promise.race([reading, late.promise]);
	} finally {
		clearTimeout(timer);
	}
}

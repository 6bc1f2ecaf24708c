import { type MetricEntry, metrics as metricEntries, type SpanEntry, spans as spanEntries } from '@fefaent/contracts/telemetry';
import type { ExportedMetric, ExportedSpan } from './otlp.ts';

const patterns = Object.entries<SpanEntry>(spanEntries).map(([name, entry]) => ({ name, entry, pattern: patternOf(name) }));

/** The registry's name of a span: the narrowest that it matches. */
export function registered(name: string): { readonly name: string; readonly entry: SpanEntry } | undefined {
	const fixed = (one: string): number => one.replaceAll(/\{\w+\}/g, '').length;
	return patterns.filter(({ pattern }) => pattern.test(name)).sort((one, other) => fixed(other.name) - fixed(one.name))[0];
}

/** What spans say that the registry does not know of. @param standalone one process makes all of them */
export function unknownOfSpans(spans: readonly ExportedSpan[], standalone: boolean): readonly string[] {
	const wrong = spans.flatMap(({ service, name, kind, attributes }) => {
		const found = registered(name);
		if (found === undefined) return [`${name}: not in the registry`];
		const { entry } = found;
		const places = standalone ? ['fefaent'] : entry.services.map((one) => `fefaent-${one}`);
		return [
			...(entry.kinds.some((one) => one === kind) ? [] : [`${name}: kind ${kind}`]),
			...(places.includes(service) ? [] : [`${name}: made by ${service}`]),
			...Object.keys(attributes).flatMap((one) =>
				one === 'error.type' || entry.attributes.includes(one) ? [] : [`${name}: attribute ${one}`],
			),
		];
	});
	return [...new Set(wrong)];
}

/** What metrics say that the registry does not know of. @param standalone one process makes all of them */
export function unknownOfMetrics(metrics: readonly ExportedMetric[], standalone: boolean): readonly string[] {
	const wrong = metrics.flatMap(({ service, name, unit, type, points }) => {
		const entry: MetricEntry | undefined = Object.entries<MetricEntry>(metricEntries).find(([known]) => known === name)?.[1];
		if (entry === undefined) return [`${name}: not in the registry`];
		const places = standalone ? ['fefaent'] : entry.services.map((one) => `fefaent-${one}`);
		return [
			...(entry.type === type ? [] : [`${name}: type ${type}`]),
			...(entry.unit === unit ? [] : [`${name}: unit ${unit}`]),
			...(places.includes(service) ? [] : [`${name}: made by ${service}`]),
			...points.flatMap(({ attributes, bounds }) => [
				...Object.keys(attributes).flatMap((one) => (entry.attributes.includes(one) ? [] : [`${name}: attribute ${one}`])),
				...(bounds === undefined || bounds.join() === entry.buckets?.join() ? [] : [`${name}: buckets ${bounds.join()}`]),
			]),
		];
	});
	return [...new Set(wrong)];
}

function patternOf(name: string): RegExp {
	const parts = name.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\/]/g, String.raw`\$&`));
	return new RegExp(`^${parts.join('.+')}$`);
}

import { type MetricEntry, metrics, type SpanEntry, spans } from '@fefaent/contracts/telemetry';
import { table } from './markdown.ts';

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ') || '-';

/** Bounds of buckets in words: `50 ms, 1 s, 30 h`. */
function bounds(seconds: readonly number[]): string {
	return seconds
		.map((one) => {
			if (one < 1) return `${one * 1000} ms`;
			if (one < 60) return `${one} s`;
			return one < 3600 ? `${one / 60} min` : `${one / 3600} h`;
		})
		.join(', ');
}

/** What docs/telemetry.md holds below its marker: every span and metric. */
export function telemetryPage(): string {
	const histograms = Object.values<MetricEntry>(metrics).flatMap(({ buckets }) => (buckets ? [bounds(buckets)] : []));
	const kinds = new Map([...new Set(histograms)].map((one, index) => [one, String.fromCodePoint(65 + index)]));
	return [
		'## Spans',
		table(
			['Span', 'Kind', 'Made by', 'Attributes', 'Meaning'],
			Object.entries<SpanEntry>(spans).map(([name, one]) => [
				code([name]),
				one.kinds.join(', '),
				one.services.join(', '),
				code(one.attributes),
				one.meaning,
			]),
		),
		'## Metrics',
		table(
			['Metric', 'Type', 'Unit', 'Made by', 'Attributes', 'Meaning'],
			Object.entries<MetricEntry>(metrics).map(([name, one]) => [
				code([name]),
				one.buckets ? `${one.type} (${kinds.get(bounds(one.buckets))})` : one.type,
				code([one.unit]),
				one.services.join(', '),
				code(one.attributes),
				one.meaning,
			]),
		),
		'Buckets of histograms:',
		table(
			['', 'Upper bounds'],
			[...kinds].map(([text, name]) => [name, text]),
		),
	].join('\n\n');
}

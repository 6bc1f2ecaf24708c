// The registry of telemetry against the source: what it names is made somewhere, and nothing is made past it.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MetricEntry, metrics, spans } from '@fefaent/contracts/telemetry';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const registry = 'packages/contracts/src/telemetry.ts';
const source = globSync('{packages,services}/*/src/**/*.ts', { cwd: root })
	.filter((path) => path !== registry && !/\.test\.ts$|\/(gen|testing)\/|conformance/.test(path))
	.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const sources = source.map(({ text }) => text).join('\n');
/** Files that make instruments and spans by what they are given, for all others. */
const makers = /^packages\/service-kit\/src\/telemetry\//;

describe('the registry', () => {
	it.each(Object.keys(metrics))('names the metric %s, which the source makes', (name) => expect(sources).toContain(`'${name}'`));

	it.each(Object.keys(spans))('names the span %s, which the source makes', (name) => {
		const made: Readonly<Record<string, string>> = {
			// Made from what is called and from where it is served.
			'fefaent.{service}/{method}': 'rpcMethod',
			'{method} /admin{route}': '/admin$' + '{string}',
			'POST /soap/enotum-lite': 'POST $' + '{enotumLitePath}',
		};
		const [fixed = ''] = name.split('{');
		expect(sources).toContain(made[name] ?? (fixed === name ? `'${name}'` : `\`${fixed}$`));
	});

	it('describes every metric in the units of UCUM, and histograms in buckets that grow', () => {
		for (const [name, { type, unit, buckets = [] }] of Object.entries<MetricEntry>(metrics)) {
			expect([name, unit]).toEqual([name, expect.stringMatching(/^(s|\{\w+\})$/)]);
			expect([name, buckets.length > 0]).toEqual([name, type === 'histogram']);
			expect(buckets).toEqual(buckets.toSorted((one, other) => one - other));
		}
	});
});

describe('the source', () => {
	it('makes instruments from the registry only', () => {
		const past = source.filter(
			({ path, text }) => !makers.test(path) && /\.create(Observable)?(Counter|Histogram|Gauge|UpDownCounter)\(|getMeter\(/.test(text),
		);
		expect(past.map(({ path }) => path)).toEqual([]);
	});

	it('names spans by the types of the registry', () => {
		// A name that is written where a span is made would be checked by nobody.
		const literal = /(withSpan|startSpan|startActiveSpan)\(\s*[^,]+,\s*['"]/;
		expect(source.flatMap(({ path, text }) => (literal.test(text) ? [path] : []))).toEqual([]);
		const named = source.filter(({ path, text }) => !makers.test(path) && /spanNames = /.test(text));
		expect(named.length).toBeGreaterThan(3);
		for (const { path, text } of named)
			expect([path, text]).toEqual([path, expect.stringContaining('satisfies Readonly<Record<string, SpanName>>')]);
	});
});

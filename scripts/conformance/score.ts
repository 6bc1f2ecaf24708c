import type { VitestReport } from '../vitest.ts';
import type { Adapter } from './adapters.ts';

/** What an adapter makes of its port's named cases. */
export interface Score {
	readonly adapter: Adapter;
	readonly passed: number;
	/** Names of cases. */
	readonly failed: readonly string[];
	/** Cases that another adapter of the port has. */
	readonly lacking: readonly string[];
	/** Cases that say themselves that they do not apply here. */
	readonly notApplicable: number;
	/** Why nothing was run. */
	readonly notRun?: string;
}

type Results = ReadonlyMap<string, string>;

/** @param reports by suite: what vitest reported, or why it was not run */
export function scoresOf(adapters: readonly Adapter[], reports: ReadonlyMap<string, VitestReport | string>): readonly Score[] {
	const found = new Map(
		adapters.map((adapter) => {
			const report = reports.get(adapter.suite) ?? 'there is no report';
			return [adapter, typeof report === 'string' ? report : resultsOf(adapter, report)] as const;
		}),
	);
	return adapters.map((adapter) => {
		const results = found.get(adapter) ?? 'there is no report';
		if (typeof results === 'string') return { adapter, passed: 0, failed: [], lacking: [], notApplicable: 0, notRun: results };
		const siblings = adapters.filter(({ port }) => port === adapter.port).flatMap((one) => namesOf(found.get(one)));
		// A file that could not be loaded, or a group of another name, has no cases at all.
		const lacking =
			results.size === 0 ? ['every case'] : [...new Set(siblings)].filter((name) => !results.has(name) && !adapter.spared?.includes(name));
		const named = (...states: string[]) => [...results].filter(([, state]) => states.includes(state)).map(([name]) => name);
		return {
			adapter,
			passed: named('passed').length,
			failed: named('failed'),
			lacking,
			notApplicable: named('skipped', 'pending').length + (adapter.spared?.length ?? 0),
		};
	});
}

const namesOf = (results: Results | string | undefined): readonly string[] =>
	results === undefined || typeof results === 'string' ? [] : [...results.keys()];

function resultsOf({ file, group }: Adapter, report: VitestReport): Results {
	const tests = report.testResults.filter(({ name }) => name.endsWith(`/${file}`)).flatMap(({ assertionResults }) => assertionResults);
	return new Map(
		tests
			.filter(({ ancestorTitles }) => group.every((title, index) => ancestorTitles[index] === title))
			.map(({ ancestorTitles, title, status }) => [[...ancestorTitles.slice(group.length), title].join(' > '), status]),
	);
}

/** The scores as lines of columns. */
export function tableOf(scores: readonly Score[]): string {
	const rows = [
		['port', 'adapter', 'passed', 'failed', 'lacking', 'not run'],
		...scores.map(({ adapter, passed, failed, lacking, notApplicable, notRun }) => [
			adapter.port,
			adapter.name,
			String(passed),
			String(failed.length),
			String(lacking.length),
			notRun ?? (notApplicable > 0 ? `${notApplicable}: do not apply` : ''),
		]),
	];
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (column === 5 ? 0 : (row[column] ?? '').length))));
	return rows
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

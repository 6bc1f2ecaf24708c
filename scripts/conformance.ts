// Runs the named cases of every port on each of its adapters, and prints how many of them passed.   node scripts/conformance.ts [PORT...]
// Fails when a case fails, when an adapter lacks a case that another one of its port has, and when nothing was run.
import { type Started, startEngines, startObjectStore } from '../test/engines/start.ts';
import { type Adapter, adapters } from './conformance/adapters.ts';
import { type Score, scoresOf, tableOf } from './conformance/score.ts';
import { runVitest, type VitestReport } from './vitest.ts';

const ports = process.argv.slice(2);
const wanted = adapters.filter(({ port }) => ports.length === 0 || ports.includes(port));
const reports = new Map<string, VitestReport | string>();
const needs: Readonly<Record<Adapter['suite'], () => Started | undefined>> = {
	fast: () => undefined,
	engines: startEngines,
	s3: startObjectStore,
};

for (const suite of new Set(wanted.map((one) => one.suite))) {
	let engines: Started | undefined;
	try {
		engines = needs[suite]();
		if (engines) console.log(engines.what);
		const filters = [...new Set(wanted.filter((one) => one.suite === suite).map(({ file }) => file))];
		reports.set(suite, runVitest({ suite, filters, env: engines?.env }).report);
	} catch (error) {
		reports.set(suite, (error as Error).message);
	} finally {
		engines?.stop();
	}
}

const scores: readonly Score[] = scoresOf(wanted, reports);
console.log(`\n${tableOf(scores)}`);
const bad = scores.filter((one) => one.failed.length > 0 || one.lacking.length > 0);
for (const { adapter, failed, lacking } of bad) {
	for (const name of failed) console.log(`failed: ${adapter.port}, ${adapter.name}: ${name}`);
	for (const name of lacking) console.log(`lacking: ${adapter.port}, ${adapter.name}: ${name}`);
}
process.exitCode = bad.length === 0 && scores.some(({ passed }) => passed > 0) ? 0 : 1;

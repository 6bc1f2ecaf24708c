// Runs a suite and ends with one plain line: `N passed, N failed, N skipped`.   node scripts/test.ts SUITE [vitest filters]; vitest.config.ts names the suites
// The counts are also written to $FEFAENT_TEST_SUMMARY, so that .ci/run can add up several suites.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Started, startEngines, startObjectStore } from '../test/engines/start.ts';

interface VitestReport {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numFailedTestSuites: number;
	readonly testResults: readonly {
		readonly name: string;
		readonly status: string;
		readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
	}[];
}

const root = join(import.meta.dirname, '..');
const [suite = 'fast', ...filters] = process.argv.slice(2);
const engines = enginesOrEnd();
if (engines) console.log(engines.what);
process.on('exit', () => engines?.stop());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const folder = mkdtempSync(join(tmpdir(), 'fefaent-test-'));
const reportFile = join(folder, 'report.json');
const { status } = spawnSync(
	process.execPath,
	[
		join(root, 'node_modules/vitest/vitest.mjs'),
		'run',
		'--reporter=default',
		'--reporter=json',
		`--outputFile.json=${reportFile}`,
		...filters,
	],
	{ cwd: root, stdio: 'inherit', env: { ...process.env, ...engines?.env, FEFAENT_TEST_SUITE: suite } },
);

try {
	const report = JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport;
	// A file that could not be loaded ran no test, and is a failure all the same.
	const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
	const failed = report.numFailedTests + broken;
	const skipped = report.testResults
		.flatMap((file) => file.assertionResults)
		.filter((test) => test.status === 'skipped' || test.status === 'pending');
	for (const test of skipped) console.log(`not run: ${test.fullName}`);
	const line = `${report.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`;
	if (process.env.FEFAENT_TEST_SUMMARY) appendFileSync(process.env.FEFAENT_TEST_SUMMARY, `${line}\n`);
	console.log(`\n${line}`);
	process.exitCode = status === 0 && failed === 0 && report.numPassedTests > 0 ? 0 : 1;
} catch (error) {
	console.error(`the test runner left no report: ${(error as Error).message}`);
	process.exitCode = 1;
} finally {
	rmSync(folder, { recursive: true });
}

function enginesOrEnd(): Started | undefined {
	try {
		if (suite.startsWith('engines')) return startEngines();
		return suite === 's3' ? startObjectStore() : undefined;
	} catch (error) {
		console.error((error as Error).message);
		process.exit(1);
	}
}

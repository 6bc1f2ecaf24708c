// Runs a suite and ends with one plain line: `N passed, N failed, N skipped`.   node scripts/test.ts SUITE [vitest filters]; vitest.config.ts names the suites
// The counts are also written to $FEFAENT_TEST_SUMMARY, so that .ci/run can add up several suites.
import { appendFileSync } from 'node:fs';
import { type Started, startEngines, startObjectStore } from '../test/engines/start.ts';
import { runVitest } from './vitest.ts';

const [suite = 'fast', ...filters] = process.argv.slice(2);
const engines = enginesOrEnd();
if (engines) console.log(engines.what);
process.on('exit', () => engines?.stop());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

try {
	const { status, report } = runVitest({ suite, filters, env: engines?.env });
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
	console.error((error as Error).message);
	process.exitCode = 1;
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

// Runs vitest on a suite and reads its report.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What vitest's JSON reporter writes, as far as it is read here. */
export interface VitestReport {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly testResults: readonly {
		/** Path of the file. */
		readonly name: string;
		readonly status: string;
		readonly assertionResults: readonly {
			readonly status: string;
			readonly fullName: string;
			readonly title: string;
			/** Names of the groups that it is in, the outermost first. */
			readonly ancestorTitles: readonly string[];
		}[];
	}[];
}

/** How a suite is run; vitest.config.ts names the suites. */
export interface VitestOptions {
	readonly suite: string;
	readonly filters: readonly string[];
	/** Besides this process's own. */
	readonly env?: Readonly<Record<string, string>> | undefined;
}

const root = join(import.meta.dirname, '..');

/** @returns vitest's exit code and its report @throws Error when it left none */
export function runVitest({ suite, filters, env }: VitestOptions): { readonly status: number | null; readonly report: VitestReport } {
	const folder = mkdtempSync(join(tmpdir(), 'fefaent-test-'));
	const file = join(folder, 'report.json');
	const vitest = join(root, 'node_modules/vitest/vitest.mjs');
	try {
		const { status } = spawnSync(
			process.execPath,
			[vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filters],
			{ cwd: root, stdio: 'inherit', env: { ...process.env, ...env, FEFAENT_TEST_SUITE: suite } },
		);
		return { status, report: JSON.parse(readFileSync(file, 'utf8')) as VitestReport };
	} catch (error) {
		throw new Error(`the test runner left no report: ${(error as Error).message}`);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

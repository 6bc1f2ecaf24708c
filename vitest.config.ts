import { defineConfig } from 'vitest/config';

/**
 * A file's name says which suite it is of. `x.test.ts`: fast. `x.long.test.ts`: kill matrix, fuzz, soak. `x.engines.test.ts`: needs Kafka or MongoDB;
 * what spans services runs on these, too. `x.engines.long.test.ts`: both. `x.s3.test.ts`: needs an object store.
 */
const suites: Readonly<
	Record<
		string,
		{
			readonly ending: string;
			readonly more?: string[];
			readonly without: string[];
			readonly testTimeout: number;
			readonly maxWorkers?: number;
		}
	>
> = {
	fast: { ending: '.test.ts', without: ['**/*.long.test.ts', '**/*.engines.test.ts', '**/*.s3.test.ts'], testTimeout: 20_000 },
	long: { ending: '.long.test.ts', without: ['**/*.engines.long.test.ts'], testTimeout: 1_800_000 },
	engines: {
		ending: '.engines.test.ts',
		more: ['test/{lifecycle,enotumlite}/*.test.ts'],
		without: ['**/*.long.test.ts'],
		testTimeout: 120_000,
	},
	// One file at a time: each has a whole installation, or two, and all processors.
	'engines-long': { ending: '.engines.long.test.ts', without: [], testTimeout: 1_800_000, maxWorkers: 1 },
	s3: { ending: '.s3.test.ts', without: [], testTimeout: 60_000 },
};

const suite = suites[process.env.FEFAENT_TEST_SUITE ?? 'fast'];
if (!suite) throw new Error(`there is no suite ${process.env.FEFAENT_TEST_SUITE}: ${Object.keys(suites).join(', ')}`);

export default defineConfig({
	test: {
		include: [`{packages,services}/*/src/**/*${suite.ending}`, `{bench,test,scripts}/**/*${suite.ending}`, ...(suite.more ?? [])],
		exclude: ['**/node_modules/**', ...suite.without],
		testTimeout: suite.testTimeout,
		hookTimeout: 60_000,
		maxWorkers: suite.maxWorkers ?? 2,
	},
});

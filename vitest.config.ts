import { defineConfig } from 'vitest/config';

const long = process.env.FEFAENT_TEST_SUITE === 'long';

export default defineConfig({
	test: {
		include: long
			? ['{packages,services}/*/src/**/*.long.test.ts', 'test/**/*.long.test.ts']
			: ['{packages,services}/*/src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
		exclude: long ? ['**/node_modules/**'] : ['**/node_modules/**', '**/*.long.test.ts'],
		testTimeout: long ? 1_800_000 : 20_000,
		hookTimeout: 30_000,
		maxWorkers: 2,
	},
});

// Everything that is checked without running the product: formatting and lint, types, dependency rules, unused code, contracts.
// Runs all of it and says at the end what failed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

const checks: readonly { readonly name: string; readonly command: readonly string[]; readonly cwd?: string }[] = [
	{ name: 'format and lint', command: ['biome', 'ci', '.'] },
	{ name: 'types', command: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
	{ name: 'dependency rules', command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'packages', 'services', 'test', 'bench'] },
	{ name: 'unused code', command: ['knip'] },
	{ name: 'contracts lint', command: ['buf', 'lint'], cwd: 'proto' },
	{ name: 'generated code is fresh', command: [process.execPath, 'scripts/generate.ts', '--check'] },
	{ name: 'documentation is fresh', command: [process.execPath, 'scripts/docs.ts', '--check'] },
];

const failed: string[] = [];
for (const { name, command, cwd } of checks) {
	console.log(`\n== ${name}`);
	const [program, ...args] = command as [string, ...string[]];
	const { status, error } = spawnSync(program, args, { cwd: join(root, cwd ?? '.'), stdio: 'inherit' });
	if (error) console.error(error.message);
	if (status !== 0) failed.push(name);
}
console.log(
	`\nchecks: ${checks.length - failed.length} passed, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

// Runs a command with the pinned toolchain, installing it first when it is missing or out of date. Plain JavaScript: this is the
// one script that any Node from 20 on must be able to run.   node scripts/with-toolchain.mjs COMMAND [ARG ...]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'node_modules', '.installed-for');

/** What the installed tree depends on: the lock file, and every manifest. */
function fingerprint() {
	const hash = createHash('sha256');
	const manifests = ['packages', 'services'].flatMap((room) =>
		readdirSync(join(root, room)).map((name) => join(room, name, 'package.json')),
	);
	for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests.sort()]) {
		if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
	}
	return hash.digest('hex');
}

/** The package manager's version, named once in package.json. */
function packageManager() {
	return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager;
}

const wanted = fingerprint();
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
if (installed !== wanted) {
	process.stderr.write('Installing the toolchain and the dependencies (once)...\n');
	const { status } = spawnSync(
		'npx',
		['--yes', packageManager(), 'install', process.env.CI ? '--frozen-lockfile' : '--no-frozen-lockfile', '--prefer-offline'],
		{
			cwd: root,
			stdio: ['ignore', 2, 2],
		},
	);
	if (status !== 0) {
		process.stderr.write('The installation failed: see above. It needs the npm registry.\n');
		process.exit(status ?? 1);
	}
	mkdirSync(join(root, 'node_modules'), { recursive: true });
	writeFileSync(stamp, wanted);
}

// The pinned Node's own binary, not a shim: its process is the one that signals reach.
const node = join(root, 'node_modules', 'node', 'bin', 'node');
const [command, ...args] = process.argv.slice(2);
const child = spawn(command === 'node' ? node : command, args, {
	cwd: root,
	stdio: 'inherit',
	env: {
		...process.env,
		PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
		NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'compile'),
	},
});
// The terminal sends Ctrl-C to the whole group: passed on it would come twice, and the second one cuts what the first began to stop.
process.on('SIGINT', () => {});
// A supervisor signals only this process.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
	process.stderr.write(`${command}: ${error.message}\n`);
	process.exit(127);
});
child.on('exit', (code, signal) => {
	process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
});

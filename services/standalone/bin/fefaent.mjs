#!/usr/bin/env node
// Plain JavaScript on purpose: whatever Node starts this, the command itself runs on the pinned one.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../src/command/main.ts', import.meta.url));
const child = spawn(pinnedNode(), [command, ...process.argv.slice(2)], { stdio: 'inherit' });
// A terminal's Ctrl-C reaches both; a signal to this process alone is passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (status, signal) => {
	if (!signal) process.exit(status ?? 1);
	process.removeAllListeners(signal);
	process.kill(process.pid, signal);
});

function pinnedNode() {
	const root = fileURLToPath(new URL('../../..', import.meta.url));
	try {
		return join(dirname(createRequire(import.meta.url).resolve('node/package.json', { paths: [root] })), 'bin', 'node');
	} catch {
		process.stderr.write(
			'fefaent: it is not installed, or not wholly yet: run `npm run setup` in the project’s root first (`npm start` does it, too)\n',
		);
		process.exit(1);
	}
}

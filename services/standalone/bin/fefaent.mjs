#!/usr/bin/env node
// Plain JavaScript on purpose: whatever Node starts this, the command itself runs on the pinned one.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../src/command/main.ts', import.meta.url));
const require = createRequire(import.meta.url);
const node = join(
	dirname(require.resolve('node/package.json', { paths: [fileURLToPath(new URL('../../..', import.meta.url))] })),
	'bin',
	'node',
);
const { status, signal } = spawnSync(node, [command, ...process.argv.slice(2)], { stdio: 'inherit' });
if (signal) process.kill(process.pid, signal);
process.exit(status ?? 1);

import { spawn } from 'node:child_process';

/** What a run of the command left. */
export interface Ran {
	readonly code: number | null;
	readonly out: string;
	readonly err: string;
	json<T = Record<string, unknown>>(): T;
}

/** Runs the command as a user does: by its bin, in a process of its own. */
export function runFefaent(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
	const bin = new URL('../../services/standalone/bin/fefaent.mjs', import.meta.url).pathname;
	const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
	let out = '';
	let err = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		out += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		err += text;
	});
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code) => resolve({ code, out, err, json: <T>() => JSON.parse(out) as T }));
	});
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether OpenSSL's command is there: what these tests compare with was written by others. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A scratch folder in which `openssl` runs. For tests. */
export interface OpensslFolder extends Disposable {
	put(name: string, content: string | Uint8Array): void;
	get(name: string): Uint8Array;
	/** @returns exit status and everything that was printed */
	run(...args: string[]): { readonly ok: boolean; readonly output: string };
}

/** Makes one. */
export function opensslFolder(): OpensslFolder {
	const path = mkdtempSync(join(tmpdir(), 'fefaent-openssl-'));
	return {
		put: (name, content) => writeFileSync(join(path, name), content),
		get: (name) => new Uint8Array(readFileSync(join(path, name))),
		run: (...args) => {
			const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: path, encoding: 'utf8' });
			return { ok: status === 0, output: `${stdout}${stderr}` };
		},
		[Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
	};
}

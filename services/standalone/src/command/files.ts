import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommandFailure } from './failure.ts';

/** Reads a file that was named on the command line; `-` is standard input. */
export function readGiven(path: string): Buffer {
	try {
		return readFileSync(path === '-' ? 0 : path);
	} catch (cause) {
		throw new CommandFailure(`${path} cannot be read (${codeOf(cause)})`, 1, { cause });
	}
}

/** Reads a text file, without the line end that editors put last. */
export function readText(path: string): string {
	return readGiven(path)
		.toString('utf8')
		.replace(/\r?\n$/, '');
}

/** Writes a file, making its folder. @returns its absolute path */
export function writeGiven(path: string, bytes: Uint8Array | string): string {
	const target = resolve(path);
	try {
		// Evidences and exports name people: their owner alone reads them.
		mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
		writeFileSync(target, bytes, { mode: 0o600 });
	} catch (cause) {
		throw new CommandFailure(`${path} cannot be written (${codeOf(cause)})`, 1, { cause });
	}
	return target;
}

function codeOf(cause: unknown): string {
	return (cause as NodeJS.ErrnoException).code ?? 'unknown error';
}

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SandboxClock } from '@fefaent/kernel';
import { standaloneError } from '../errors.ts';

/**
 * How far ahead the file says that time was moved, in milliseconds; 0 where there is none.
 * @throws DomainError CLOCK_FILE_BROKEN
 */
export function readShift(path: string): number {
	if (!existsSync(path)) return 0;
	const text = readFileSync(path, 'utf8').trim();
	if (!/^\d{1,16}$/.test(text)) throw standaloneError('CLOCK_FILE_BROKEN', { path });
	return Number(text);
}

/**
 * A sandbox clock whose shift outlives the process: time that was moved ahead stays ahead after a restart, so that nothing
 * recorded lies in the future.
 */
export class PersistentSandboxClock extends SandboxClock {
	readonly #path: string;

	/** @param path the file that keeps the shift, in milliseconds */
	constructor(path: string) {
		super(readShift(path));
		this.#path = path;
	}

	/** Moves time ahead; the shift is on disk before anyone sees the new time. */
	override advance(ms: number): void {
		const moved = new SandboxClock(this.offsetMs);
		moved.advance(ms);
		const temporary = `${this.#path}.new`;
		writeFileSync(temporary, String(moved.offsetMs));
		sync(temporary);
		renameSync(temporary, this.#path);
		sync(dirname(this.#path));
		super.advance(ms);
	}
}

/** Makes a file's content, or a folder's entries, durable. */
function sync(path: string): void {
	const file = openSync(path, 'r');
	fsyncSync(file);
	closeSync(file);
}

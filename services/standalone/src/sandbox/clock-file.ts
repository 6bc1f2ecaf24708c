import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { SandboxClock } from '@fefaent/kernel';

/**
 * A sandbox clock whose shift outlives the process: time that was moved ahead stays ahead after a restart, so that nothing
 * recorded lies in the future.
 */
export class PersistentSandboxClock extends SandboxClock {
	readonly #path: string;

	/** @param path the file that keeps the shift, in milliseconds */
	constructor(path: string) {
		super(existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0);
		this.#path = path;
	}

	/** Moves time ahead; the shift is on disk before anyone sees the new time. */
	override advance(ms: number): void {
		const moved = new SandboxClock(this.offsetMs);
		moved.advance(ms);
		const temporary = `${this.#path}.new`;
		writeFileSync(temporary, String(moved.offsetMs));
		const file = openSync(temporary, 'r');
		fsyncSync(file);
		closeSync(file);
		renameSync(temporary, this.#path);
		super.advance(ms);
	}
}

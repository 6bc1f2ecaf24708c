import { existsSync, readFileSync } from 'node:fs';
import { replaceFile } from '@fefaent/files';
import { type Clock, crashpoint, SandboxClock } from '@fefaent/kernel';
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
export class PersistentSandboxClock implements Clock {
	readonly #path: string;
	readonly #clock: SandboxClock;

	/** @param path the file that keeps the shift, in milliseconds */
	constructor(path: string) {
		this.#path = path;
		this.#clock = new SandboxClock(readShift(path));
	}

	now(): Date {
		return this.#clock.now();
	}

	/** How far ahead of the machine's time, in milliseconds. */
	get offsetMs(): number {
		return this.#clock.offsetMs;
	}

	onMoved(listener: () => void): () => void {
		return this.#clock.onMoved(listener);
	}

	/** Moves time ahead, one move at a time; the shift is on disk before anyone sees the new time. @throws RangeError when negative or not finite */
	async advance(ms: number): Promise<void> {
		const moved = new SandboxClock(this.offsetMs);
		moved.advance(ms);
		await replaceFile(this.#path, String(moved.offsetMs), {
			beforeNamed: () => crashpoint('standalone.clock.before-move'),
			afterNamed: () => crashpoint('standalone.clock.after-move'),
		});
		this.#clock.advance(ms);
	}
}

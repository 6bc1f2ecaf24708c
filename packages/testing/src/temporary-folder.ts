import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that goes away with all its content: by `await using`, by `remove()`, or at the latest when the process ends. */
export interface TemporaryFolder extends AsyncDisposable {
	/** Absolute path. */
	readonly path: string;
	/** The absolute path of something in it. */
	join(...parts: string[]): string;
	/** Deletes it now; more than once does no harm. */
	remove(): Promise<void>;
}

const left = new Set<string>();

/** Makes an empty temporary folder. */
export function temporaryFolder(): TemporaryFolder {
	if (left.size === 0) process.once('exit', removeLeft);
	const path = mkdtempSync(join(tmpdir(), 'fefaent-test-'));
	left.add(path);
	const remove = async (): Promise<void> => {
		await rm(path, { recursive: true, force: true, maxRetries: 3 });
		left.delete(path);
		if (left.size === 0) process.off('exit', removeLeft);
	};
	return { path, join: (...parts) => join(path, ...parts), remove, [Symbol.asyncDispose]: remove };
}

function removeLeft(): void {
	for (const path of left) rmSync(path, { recursive: true, force: true });
}

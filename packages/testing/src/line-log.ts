import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { defaultWaitMs } from './recorder.ts';

/** Lines kept; older ones are let go, so that a child under load does not fill its test's memory. */
const kept = 5_000;

interface Waiter {
	readonly line: (line: string) => void;
	readonly end: () => void;
}

/** The lines that a process writes, with ways to wait for one. */
export class LineLog {
	readonly #lines: string[] = [];
	readonly #waiters = new Set<Waiter>();
	#ended: string | undefined;

	/** Reads a stream's lines from now on. */
	follow(stream: Readable): void {
		createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
			if (this.#lines.push(line) > kept) this.#lines.splice(0, kept / 2);
			for (const waiter of [...this.#waiters]) waiter.line(line);
		});
	}

	/** Says that no more lines come; whoever waits fails. @param how what happened, for their error */
	end(how: string): void {
		this.#ended = how;
		for (const waiter of [...this.#waiters]) waiter.end();
	}

	/** The lines kept, joined. */
	text(): string {
		return this.#lines.join('\n');
	}

	/** Waits for a line, come already or not, that matches. @throws Error when the log ends first, or after `timeoutMs` milliseconds */
	waitFor(pattern: RegExp, timeoutMs = defaultWaitMs): Promise<RegExpExecArray> {
		const flagless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
		for (const line of this.#lines) {
			const match = flagless.exec(line);
			if (match) return Promise.resolve(match);
		}
		return new Promise((resolve, reject) => {
			const fail = (why: string): void => {
				done();
				reject(new Error(`no line matched ${pattern}: ${why}; it said:\n${this.text()}`));
			};
			const waiter: Waiter = {
				line: (line) => {
					const match = flagless.exec(line);
					if (!match) return;
					done();
					resolve(match);
				},
				end: () => fail(this.#ended ?? ''),
			};
			const timer = setTimeout(() => fail(`waited ${timeoutMs} ms`), timeoutMs);
			const done = (): void => {
				clearTimeout(timer);
				this.#waiters.delete(waiter);
			};
			if (this.#ended !== undefined) fail(this.#ended);
			else this.#waiters.add(waiter);
		});
	}
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { backoffMs } from '@fefaent/kernel';
import { exitCodes } from '@fefaent/service-kit';
import type { PlannedProcess } from './plan.ts';

/** How a process is kept running. */
export interface SupervisorOptions {
	readonly planned: PlannedProcess;
	/** Gets each line that it writes, under its name. */
	readonly say: (line: string) => void;
}

/** Waits before a process that ended is started again. */
const restart = { firstMs: 500, factor: 2, maxMs: 10_000, jitter: 0.2 };

/** A process that ran so long counts as well: the next restart is quick again. */
const wellAfterMs = 30_000;

/** What every process is started with: it stops when its supervisor lets go of it, or is gone. */
const lifeline = new URL('./lifeline.ts', import.meta.url).href;

/**
 * Keeps one service's process running: started again whenever it ends, until it is stopped. The process has a group of its own, so that what a terminal sends to
 * the supervisor's group (Ctrl-C) does not stop it out of turn.
 */
export class Supervisor {
	readonly name: string;
	readonly #options: SupervisorOptions;
	readonly #ready = Promise.withResolvers<string>();
	#child: ChildProcess | undefined;
	#stopping = false;
	#wasReady = false;
	#failures = 0;
	#timer: NodeJS.Timeout | undefined;

	constructor(options: SupervisorOptions) {
		this.name = options.planned.name;
		this.#options = options;
		// Asked for later, or never.
		this.#ready.promise.catch(() => {});
		this.#start();
	}

	/** The process that runs now. */
	get pid(): number | undefined {
		return this.#child?.pid;
	}

	/** What it said of its addresses when it was ready for the first time. @throws Error when its settings are wrong */
	get ready(): Promise<string> {
		return this.#ready.promise;
	}

	/** Tells it to stop, and waits until it has. */
	async stop(): Promise<void> {
		this.#stopping = true;
		clearTimeout(this.#timer);
		const child = this.#running();
		if (!child) return;
		const ended = once(child, 'exit');
		// Not by a signal of its own: if the supervisor ends now, the process must not hear of it twice, which would cut its drain.
		if (child.connected) child.disconnect();
		await ended;
	}

	/** Ends it at once, without a drain. */
	kill(): void {
		this.#stopping = true;
		clearTimeout(this.#timer);
		this.#running()?.kill('SIGKILL');
	}

	#running(): ChildProcess | undefined {
		const child = this.#child;
		return child?.pid === undefined || child.exitCode !== null || child.signalCode !== null ? undefined : child;
	}

	#start(): void {
		const { planned, say } = this.#options;
		const { service, env } = planned;
		const main = fileURLToPath(new URL(`../../../../${service}/src/main.ts`, import.meta.url));
		const started = performance.now();
		const child = spawn(process.execPath, ['--import', lifeline, main], {
			env: { ...process.env, ...env },
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		}) as ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };
		this.#child = child;
		const lines = (stream: Readable, heard: (line: string) => void) => createInterface({ input: stream }).on('line', heard);
		lines(child.stdout, (line) => {
			say(line);
			const ready = / is ready: (.*)$/.exec(line)?.[1];
			if (ready === undefined) return;
			this.#wasReady = true;
			this.#ready.resolve(ready);
		});
		lines(child.stderr, say);
		child.once('error', (error) => say(`could not be started: ${error.message}`));
		child.once('exit', (code, signal) => this.#ended(code, signal, performance.now() - started));
	}

	#ended(code: number | null, signal: NodeJS.Signals | null, ranMs: number): void {
		const how = signal ?? `exit code ${code}`;
		if (this.#stopping) {
			this.#options.say(`stopped (${how})`);
			return;
		}
		// One that was ready once had settings that work: its port is taken for now.
		if (code === exitCodes.refused && !this.#wasReady) {
			this.#ready.reject(new Error(`${this.name} cannot start: see its last line`));
			return;
		}
		this.#failures = ranMs > wellAfterMs ? 1 : this.#failures + 1;
		const waitMs = backoffMs(restart, this.#failures);
		this.#options.say(`ended (${how}): it is started again in ${(waitMs / 1000).toFixed(1)} s`);
		this.#timer = setTimeout(() => {
			this.#start();
			this.#options.say(`started again as process ${this.pid ?? 'none'}`);
		}, waitMs);
	}
}

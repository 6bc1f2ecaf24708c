import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { crashFileVariable, crashLogVariable, crashVariable } from './crash-plan.ts';
import { LineLog } from './line-log.ts';

/** What to run, and what tells that it is ready. */
export interface ChildServiceOptions {
	/** The file that Node runs. */
	readonly file: string;
	readonly args?: readonly string[];
	/** Added to this process's environment; `undefined` takes a variable away. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly cwd?: string;
	/** Whether signals go to it and to all processes that it started and left in its group, as those of a terminal do. Default false: to it alone. */
	readonly group?: boolean;
	/** Options of Node itself. */
	readonly nodeOptions?: readonly string[];
	/** The line of its output that tells it is ready. Default: it is as soon as it runs. */
	readonly ready?: RegExp;
	/** Milliseconds to wait for that line. Default 20,000. */
	readonly readyTimeoutMs?: number;
	/**
	 * Crash points: where to die (`<point>[#n]`), or a file that may be written at any time and says it then, counting from then on; and the file that gets
	 * the name of each point passed.
	 */
	readonly crash?: { readonly at?: string; readonly file?: string; readonly log?: string };
}

/** How a child ended: by itself with a code, or by a signal. */
export interface ChildExit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

/** A Node process started by a test. */
export interface ChildService extends AsyncDisposable {
	readonly pid: number;
	/** What the `ready` line matched; undefined when none was asked for. */
	readonly ready: RegExpExecArray | undefined;
	/** Its last lines on both outputs, joined. */
	output(): string;
	/** Waits for a line, come already or not, that matches. @throws Error when it ends first, or after `timeoutMs` milliseconds (default 5,000) */
	waitLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
	/** Sends a signal; nothing when it has ended. Default SIGTERM. */
	kill(signal?: NodeJS.Signals): void;
	/** Waits for its end. @throws Error after `timeoutMs` milliseconds (default 10,000) */
	waitExit(timeoutMs?: number): Promise<ChildExit>;
}

const preload = new URL('./crash-preload.ts', import.meta.url).href;

const running = new Set<ChildProcessByStdio<null, Readable, Readable>>();

/** Starts a Node process and waits until it says that it is ready. @throws Error, with what it said, when it ends first or takes too long */
export async function childService(options: ChildServiceOptions): Promise<ChildService> {
	const { crash } = options;
	const child = spawn(
		process.execPath,
		[...(options.nodeOptions ?? []), ...(crash ? ['--import', preload] : []), options.file, ...(options.args ?? [])],
		{
			env: {
				...process.env,
				...options.env,
				...(crash && { [crashVariable]: crash.at, [crashFileVariable]: crash.file, [crashLogVariable]: crash.log }),
			},
			stdio: ['ignore', 'pipe', 'pipe'],
			detached: options.group === true,
			...(options.cwd !== undefined && { cwd: options.cwd }),
		},
	);
	if (running.size === 0) process.once('exit', killRunning);
	running.add(child);

	const log = new LineLog();
	log.follow(child.stdout);
	log.follow(child.stderr);
	const { promise: exit, resolve, reject } = Promise.withResolvers<ChildExit>();
	exit.catch(() => {});
	child.once('error', (error) => {
		running.delete(child);
		log.end(`it did not start: ${error.message}`);
		reject(error);
	});
	// 'close' and not 'exit': by then all that it wrote has been read.
	child.once('close', (code, signal) => {
		running.delete(child);
		if (running.size === 0) process.off('exit', killRunning);
		log.end(`it ended with ${signal ?? `code ${code}`}`);
		resolve({ code, signal });
	});

	const kill = (signal: NodeJS.Signals = 'SIGTERM'): void => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		if (options.group && child.pid !== undefined) process.kill(-child.pid, signal);
		else child.kill(signal);
	};
	const service = {
		pid: child.pid ?? 0,
		output: () => log.text(),
		waitLine: (pattern: RegExp, timeoutMs?: number) => log.waitFor(pattern, timeoutMs),
		kill,
		waitExit: (timeoutMs = 10_000) => within(exit, timeoutMs, () => `the child did not end in ${timeoutMs} ms; it said:\n${log.text()}`),
		[Symbol.asyncDispose]: async () => {
			kill('SIGKILL');
			await exit.catch(() => {});
		},
	};
	try {
		return { ...service, ready: options.ready && (await log.waitFor(options.ready, options.readyTimeoutMs ?? 20_000)) };
	} catch (error) {
		await service[Symbol.asyncDispose]();
		throw error;
	}
}

/** The crash points that children have logged to a file, each once, in order of first passing; none when there is no file yet. */
export function loggedCrashpoints(file: string): readonly string[] {
	try {
		return [...new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))];
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
}

async function within<T>(promise: Promise<T>, timeoutMs: number, late: () => string): Promise<T> {
	const { promise: timeout, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(new Error(late())), timeoutMs);
	try {
		return await Promise.race([promise, timeout]);
	} finally {
		clearTimeout(timer);
	}
}

function killRunning(): void {
	for (const child of running) child.kill('SIGKILL');
}

import type { Logger } from '../logs/logger.ts';

/** What a process runs. */
export interface RunOptions {
	readonly start: () => Promise<void>;
	/** Told at once that the process is to end: a start that waits for something need wait no longer. */
	readonly onStopping?: () => void;
	/** Drains and closes everything; called once, also when `start` failed half way. */
	readonly stop: () => Promise<void>;
	/** Default SIGTERM and SIGINT. */
	readonly signals?: readonly NodeJS.Signals[];
	/** How long `stop` may take, real time in milliseconds. Default 25,000: less than the 30 s that Kubernetes gives. */
	readonly timeoutMs?: number;
	readonly logger: Logger;
}

/** Exit codes of a process that {@link runUntilStopped} runs. */
export const exitCodes = {
	stopped: 0,
	failed: 1,
	/** It cannot start as it is set up (see `refusalOf`): starting it again does not help. */
	refused: 2,
	/** As timeout(1) has it. */
	drainTimedOut: 124,
	/** As shells have it for a process that SIGINT ended. */
	forced: 130,
} as const;

/**
 * Runs until a signal comes, then drains and ends the process. A second signal ends it at once; a drain that takes too long is cut; an error that
 * nobody caught is logged, drained after and told by the exit code. Never returns: the process exits.
 */
export async function runUntilStopped(options: RunOptions): Promise<never> {
	const { logger, signals = ['SIGTERM', 'SIGINT'], timeoutMs = 25_000 } = options;
	const asked = Promise.withResolvers<void>();
	let stopping = false;
	let code: number = exitCodes.stopped;
	const begin = (because: number) => {
		if (!stopping) options.onStopping?.();
		stopping = true;
		code ||= because;
		asked.resolve();
	};

	for (const signal of signals) {
		process.on(signal, () => {
			if (stopping) process.exit(exitCodes.forced);
			logger.info({ signal }, 'stopping');
			begin(exitCodes.stopped);
		});
	}
	for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
		process.on(event, (error: unknown) => {
			logger.error({ err: error, event }, 'an error that nobody caught: stopping');
			begin(exitCodes.failed);
		});
	}

	const started = options.start().catch((error: unknown) => {
		logger.error({ err: error }, 'could not start');
		begin(exitCodes.failed);
	});
	await asked.promise;
	// A start under way comes to its end first, within the same bound: stopping half of it would leave the other half running.
	const drained = await drain(() => started.then(options.stop), timeoutMs, logger);
	process.exit(code || drained);
}

async function drain(stop: () => Promise<void>, timeoutMs: number, logger: Logger): Promise<number> {
	const late = Promise.withResolvers<number>();
	const timer = setTimeout(() => {
		logger.error({ timeoutMs }, 'the drain took too long: stopping anyway');
		late.resolve(exitCodes.drainTimedOut);
	}, timeoutMs);
	try {
		return await Promise.race([stop().then(() => exitCodes.stopped), late.promise]);
	} catch (error) {
		logger.error({ err: error }, 'the drain failed');
		return exitCodes.failed;
	} finally {
		clearTimeout(timer);
	}
}

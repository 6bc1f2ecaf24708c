import { setTimeout as delay } from 'node:timers/promises';
import {
	type ConfigSchema,
	createLogger,
	type Env,
	exitCodes,
	readConfig,
	refusalOf,
	runUntilStopped,
	unknownSettings,
} from '@fefaent/service-kit';
import { processConfig } from './config.ts';
import type { ServiceProcess } from './definition.ts';
import { start } from './start.ts';

/**
 * Runs one service in this process, by settings from the environment only, until it is told to stop. It answers probes from the first moment, waits
 * for its engines in whatever order they come, and is ready when it can do its work. Never returns.
 */
export async function runService<S extends ConfigSchema>(definition: ServiceProcess<S>, env: Env = process.env): Promise<never> {
	const { name } = definition;
	try {
		const shared = readConfig(processConfig, env);
		const own = readConfig(definition.config, env);
		const logger = createLogger({ service: name, level: shared.FEFAENT_LOG_LEVEL, destination: 2 });
		for (const { name: unknown, meant } of unknownSettings([processConfig, definition.config], env))
			if (meant !== undefined) logger.warn({ setting: unknown, meant }, 'no such setting');
		const opened = new AsyncDisposableStack();
		const stopping = new AbortController();
		return await runUntilStopped({
			logger,
			timeoutMs: shared.FEFAENT_STOP_TIMEOUT,
			onStopping: () => stopping.abort(),
			start: async () => {
				try {
					const ready = await start({ definition, config: own, shared, logger, opened, signal: stopping.signal });
					const told = Object.entries(ready).map(([what, where]) => `${what} ${where}`);
					process.stdout.write(`${name} is ready: ${told.join(', ')}\n`);
				} catch (error) {
					if (stopping.signal.aborted) return;
					// What it had begun is given back; what cannot be is left to its leases.
					await Promise.race([opened.disposeAsync().catch(() => {}), delay(givingBackMs, undefined, { ref: false })]);
					refuse(name, error);
				}
			},
			stop: () => opened.disposeAsync(),
		});
	} catch (error) {
		return refuse(name, error);
	}
}

/** How long a process that cannot start takes to give back what it had begun, in milliseconds. */
const givingBackMs = 5_000;

/** What the operator can mend is told in plain words, with the exit code of wrong settings. */
function refuse(name: string, error: unknown): never {
	const told = refusalOf(error);
	if (told === undefined) throw error;
	process.stderr.write(`${name} cannot start: ${told}\n`);
	process.exit(exitCodes.refused);
}
